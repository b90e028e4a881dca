"""A connection of the load tool: it greets, reads frames and acknowledges them, as cheaply as it can."""

import asyncio
from collections.abc import Callable

import msgspec
import picows

from messaging.load import wire
from messaging.load.plan import Tally

ACK_FRAMES, ACK_BYTES, ACK_SECONDS = 32, 65_536, 0.45


class Connection(picows.WSListener):
    def __init__(self, token: str, tally: Tally) -> None:
        self.token = token
        self.tally = tally
        self.loop = asyncio.get_running_loop()
        self.welcomed: asyncio.Future[None] = self.loop.create_future()
        self.transport: picows.WSTransport | None = None
        self.leaving = False
        self._frame = self._unacked = self._unacked_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._on: dict[type, Callable[..., None]] = {}

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        self.write(wire.hello(self.token))

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type is not picows.WSMsgType.TEXT:
            if frame.msg_type is picows.WSMsgType.CLOSE:
                self.fail(f"closed by the server: {frame.get_close_code()}")
            return
        payload = frame.get_payload_as_bytes()
        try:
            read = wire.read(payload)
        except msgspec.DecodeError as e:
            self.fail(f"not a frame of the protocol: {e}")
            return
        if handler := self._on.get(type(read)):
            handler(read)
        if read.frame:
            self.count(read.frame, len(payload))

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        self.transport = None
        if self._timer:
            self._timer.cancel()
        self.fail("the connection was lost")

    def write(self, payload: bytes) -> None:
        if self.transport is not None:
            self.transport.send(picows.WSMsgType.TEXT, payload)

    def fail(self, why: str) -> None:
        if self.leaving:
            return
        self.tally.errors[why] += 1
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionError(why))

    def leave(self) -> None:
        self.leaving = True
        if self.transport is not None:
            self.transport.disconnect()

    def count(self, frame: int, size: int) -> None:
        self._frame = frame
        if not self._unacked:
            self._timer = self.loop.call_later(ACK_SECONDS, self.acknowledge)
        self._unacked += 1
        self._unacked_bytes += size
        if self._unacked >= ACK_FRAMES or self._unacked_bytes >= ACK_BYTES:
            self.acknowledge()

    def acknowledge(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._unacked = self._unacked_bytes = 0
        self.write(wire.ack(self._frame))
