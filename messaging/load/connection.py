"""A connection of the load tool: it greets, reads frames and acknowledges them, as cheaply as it can."""

import asyncio
import time
from collections.abc import Callable

import msgspec
import picows

from messaging.load import wire
from messaging.load.plan import Tally

ACK_FRAMES, ACK_BYTES, ACK_SECONDS = 32, 65_536, 0.45


class Connection(picows.WSListener):
    def __init__(self, hello: bytes, tally: Tally) -> None:
        self.hello = hello
        self.tally = tally
        self.loop = asyncio.get_running_loop()
        self.welcomed: asyncio.Future[wire.Welcome] = self.loop.create_future()
        self.greeted_at = 0
        self.transport: picows.WSTransport | None = None
        self.leaving = False
        self._frame = self._unacked = self._unacked_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._on: dict[type, Callable[..., None]] = {
            wire.Welcome: self.on_welcome,
            wire.Failure: self.on_failure,
            wire.Ping: self.on_ping,
        }

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        self.greeted_at = time.monotonic_ns()
        self.write(self.hello)

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

    def on_welcome(self, welcome: wire.Welcome) -> None:
        self.welcomed.set_result(welcome)

    def on_failure(self, error: wire.Failure) -> None:
        self.fail(f"error: {error.data.code}")

    def on_ping(self, _ping: wire.Ping) -> None:
        self.write(wire.PONG)

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
