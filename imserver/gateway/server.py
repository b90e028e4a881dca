"""Daphne with a WebSocket protocol that takes ready frames.

Daphne's send costs several times a socket write: each frame goes through an ASGI message and Autobahn's framing. This
protocol hands messages straight to the consumer and bytes straight to the transport's socket. Import this module before
anything that imports Twisted's reactor.
"""

import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from daphne.server import Server, twisted_loop
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from imserver.gateway.wire import EXTENSION

__all__ = ["FrameServer", "endpoint", "twisted_loop"]
CONGESTED = 65_536
RETRY_SECONDS = 0.05


class FrameWebSocket(WebSocketProtocol):
    """Implements imserver.gateway.wire.FrameProtocol."""

    transport: Any
    receiver: Callable[[bytes, bool], None] | None = None
    _holds = 0  # bits: 1 the consumer asked to pause, 2 the client does not read
    _ahead: deque[tuple[bytes, bool]] | None = None  # messages that had been read already when the pause began

    CONFIG_ATTRS: list[str] = []  # Autobahn spells them on each connection, for a log line that is never written

    def _connectionMade(self) -> None:  # noqa: N802
        for name in WebSocketProtocol.CONFIG_ATTRS:
            setattr(self, name, getattr(self.factory, name))
        super()._connectionMade()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803, FBT001
        if self.receiver is None:
            super().onMessage(payload, isBinary)
        elif self._holds & 1:
            self._ahead = self._ahead or deque()
            self._ahead.append((payload, isBinary))
        else:
            self.receiver(payload, isBinary)

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: N802, N803, FBT001
        self.receiver = None
        super().onClose(wasClean, code, reason)

    def write_frames(self, data: bytes) -> None:
        if self.state != self.STATE_OPEN:
            return
        if self._plain() and not self._backlog():
            data = self._straight(data)
        if data:
            self.transport.write(data)
            if self._backlog() > CONGESTED:
                self._hold(2)
                twisted_loop.call_later(RETRY_SECONDS, self._relieved)

    def _straight(self, data: bytes) -> bytes:
        """To the transport's socket; returns what did not fit."""
        try:
            return data[self.transport.socket.send(data) :]
        except BlockingIOError:
            return data
        except OSError:
            return b""  # the reactor sees it too and reports the loss

    def _plain(self) -> bool:
        return isinstance(getattr(self.transport, "socket", None), socket.socket)

    def _backlog(self) -> int:
        transport = self.transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen if self._plain() else 0  # noqa: SLF001

    def _relieved(self) -> None:
        if self.state == self.STATE_CLOSED:
            return
        if self._backlog() > CONGESTED // 4:
            twisted_loop.call_later(RETRY_SECONDS, self._relieved)
        else:
            self._release(2)

    def pause(self) -> None:
        self._hold(1)

    def resume(self) -> None:
        if self._holds & 1:
            twisted_loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """First what was read before the pause, until the consumer asks for another."""
        self._holds &= ~1
        while self._ahead and not self._holds & 1 and self.receiver:
            self.receiver(*self._ahead.popleft())
        if not self._holds and self.state == self.STATE_OPEN:
            self.transport.resumeProducing()

    def _hold(self, bit: int) -> None:
        if not self._holds:
            self.transport.pauseProducing()
        self._holds |= bit

    def _release(self, bit: int) -> None:
        held, self._holds = self._holds, self._holds & ~bit
        if held and not self._holds and self.state == self.STATE_OPEN:
            self.transport.resumeProducing()

    def end(self, code: int) -> None:
        if self.state == self.STATE_OPEN:
            self.sendClose(code=code)


class FrameServer(Server):
    @property
    def ws_factory(self) -> WebSocketFactory:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, factory: WebSocketFactory) -> None:
        """Daphne makes the factory while it starts; this is the one place to teach it our protocol."""
        factory.protocol = FrameWebSocket
        factory.setProtocolOptions(
            utf8validateIncoming=False,  # the JSON decoder does it
            failByDrop=False,  # a broken frame is answered with a close code
            closeHandshakeTimeout=2,
        )
        self._ws_factory = factory

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope.setdefault("extensions", {})[EXTENSION] = protocol
        return super().create_application(protocol, scope)

    def refuse_new(self) -> None:
        """Stop listening; what is open stays."""
        for listener in self.listeners:
            listener.addCallback(lambda port: port.stopListening())


def endpoint(host: str, port: int, *, shared: bool = False, backlog: int = 4096) -> str:
    """A Twisted endpoint on a fresh socket, which several processes may share (SO_REUSEPORT). Raises OSError."""
    found = socket.create_server((host, port), backlog=backlog, reuse_port=shared)
    found.settimeout(0)
    return f"fd:fileno={found.detach()}"
