"""How bytes reach a socket: ready frames, where our server offers them, else plain ASGI messages.

What one socket gets in one turn of the loop leaves in one write.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

logger = logging.getLogger(__name__)
EXTENSION = "im.frames"
SHORT, MIDDLE = 125, 65535


class FrameProtocol(Protocol):
    """What imserver.gateway.server offers in the scope's extensions."""

    receiver: Callable[[bytes, bool], None] | None

    def write_frames(self, data: bytes) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def end(self, code: int) -> None: ...


class Wire(Protocol):
    def write(self, message: bytes) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def close(self, code: int) -> None: ...


def frame(message: bytes) -> bytes:
    """A whole unmasked text frame (RFC 6455 section 5.2)."""
    size = len(message)
    if size <= SHORT:
        return b"\x81%c%b" % (size, message)
    if size <= MIDDLE:
        return b"\x81\x7e" + size.to_bytes(2) + message
    return b"\x81\x7f" + size.to_bytes(8) + message


class Turn:
    """The wires of one loop that have something to write, flushed together at the end of the turn."""

    def __init__(self) -> None:
        self._dirty: list[ReadyWire] = []

    def add(self, wire: "ReadyWire") -> None:
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self._flush)
        self._dirty.append(wire)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for wire in dirty:
            try:
                wire.flush()
            except Exception:  # one broken socket must not keep bytes from the others
                logger.exception("A socket could not be written")


class ReadyWire:
    __slots__ = ("_out", "_protocol", "_turn")

    def __init__(self, protocol: FrameProtocol, turn: Turn):
        self._protocol, self._turn = protocol, turn
        self._out: list[bytes] = []

    def write(self, message: bytes) -> None:
        if not self._out:
            self._turn.add(self)
        self._out.append(frame(message))

    def flush(self) -> None:
        if self._out:
            out, self._out = self._out, []
            self._protocol.write_frames(out[0] if len(out) == 1 else b"".join(out))

    def pause(self) -> None:
        self._protocol.pause()

    def resume(self) -> None:
        self._protocol.resume()

    def close(self, code: int) -> None:
        self.flush()
        self._protocol.end(code)


class PlainWire:
    """Any ASGI server. Reading cannot be paused here; the consumer refuses instead."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]):
        self._send = send
        self._out: list[dict[str, Any]] = []
        self._task: asyncio.Task[None] | None = None

    def write(self, message: bytes) -> None:
        self._queue({"type": "websocket.send", "text": message.decode()})

    def close(self, code: int) -> None:
        self._queue({"type": "websocket.close", "code": code})

    def pause(self) -> None:
        return

    def resume(self) -> None:
        return

    def _queue(self, message: dict[str, Any]) -> None:
        self._out.append(message)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while self._out:
            await self._send(self._out.pop(0))
