"""The door for sockets: parse, look the command up, run, answer. It knows no domain."""

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from channels.consumer import AsyncConsumer
from django.conf import settings

from imserver import errors
from imserver.errors import DomainError
from imserver.gateway import protocol
from imserver.gateway.calls import Call, Command
from imserver.gateway.gateway import Gateway, current
from imserver.gateway.limiter import Limiter
from imserver.gateway.protocol import Close, Frame
from imserver.gateway.window import Window
from imserver.gateway.wire import EXTENSION, PlainWire, ReadyWire, Wire
from imserver.realtime.hub import Arrived

logger = logging.getLogger(__name__)
UNANSWERED = settings.LIMITS["unanswered"]
STRIKES = 3
MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
EPHEMERAL_ROOM = 32  # frames under way, beyond which typing and the like are dropped


def malformed(reason: Exception) -> DomainError:
    return errors.BadRequest(str(reason)) if isinstance(reason, msgspec.ValidationError) else errors.BadJson()


class Socket:
    """One connection. Implements imserver.realtime.hub.Listener."""

    __slots__ = (
        "address", "closed", "expires_at", "expiring", "frame", "gateway", "held", "limiter", "next_ping", "opened_at",
        "ponged_at", "session", "strikes", "tasks", "topics", "unanswered", "user", "user_id", "window", "wire",
    )  # fmt: skip

    def __init__(self, gateway: Gateway, wire: Wire, address: str):
        self.gateway, self.wire, self.address = gateway, wire, address
        self.user = self.session = ""
        self.user_id = UUID(int=0)
        self.topics: set[str] = set()
        self.window, self.limiter = Window(), Limiter()
        self.held: list[tuple[bytes, Arrived]] | None = []  # until the welcome is out
        self.frame = self.unanswered = self.strikes = 0
        self.closed = self.expiring = False
        self.expires_at = self.next_ping = 0.0
        self.opened_at = self.ponged_at = gateway.now()
        self.tasks: set[asyncio.Task[None]] = set()

    # --- in ---------------------------------------------------------------------------------------

    def receive(self, payload: bytes, binary: bool) -> None:  # noqa: FBT001
        if self.closed:
            return
        if binary:
            self.close(Close.BAD_FRAMES)
            return
        try:
            self._take(protocol.decode_frame(payload))
        except MALFORMED as e:
            self._bad(b"null", malformed(e))

    def _take(self, frame: Frame) -> None:
        call_id = bytes(frame.id)
        if not protocol.IDS.fullmatch(call_id):
            self._bad(b"null", errors.BadRequest("`id` must be a short ASCII string or an integer."))
        elif wait := self.limiter.take():
            self._rate(call_id, wait)
        elif command := self.gateway.command(self, frame.type):
            self._count(Call(self, call_id), command, frame.data)
        else:
            self._unknown(call_id, frame.type)

    def _count(self, call: Call, command: Command, data: msgspec.Raw) -> None:
        self.unanswered += 1
        if self.unanswered == UNANSWERED:
            self.wire.pause()
        if self.unanswered > 4 * UNANSWERED:  # a wire that cannot pause
            call.error(errors.TooManyCommands())
        else:
            self._run(call, command, data)

    def _run(self, call: Call, command: Command, data: msgspec.Raw) -> None:
        try:
            job = command.run(call, command.decode(data))
        except DomainError as e:
            call.error(e)
        except MALFORMED as e:
            call.error(malformed(e))
        except Exception:
            logger.exception("A command broke")
            call.error(errors.ServerError())
        else:
            if command.waits:
                self._task(call, job)

    def _task(self, call: Call, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._await(call, job))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _await(self, call: Call, job: Any) -> None:
        try:
            await job
        except DomainError as e:
            call.error(e)
        except Exception:
            logger.exception("A command broke")
            call.error(errors.ServerError())

    def _bad(self, call_id: bytes, problem: DomainError) -> None:
        self.wire.write(protocol.error(call_id, problem))
        self.strikes += 1
        if self.strikes >= STRIKES or not self.user:
            self.close(Close.BAD_FRAMES)

    def _rate(self, call_id: bytes, wait_ms: int) -> None:
        self.wire.write(protocol.error(call_id, errors.RateLimited(retry_after_ms=wait_ms)))
        if self.limiter.exhausted:
            self.close(Close.RATE)

    def _unknown(self, call_id: bytes, kind: str) -> None:
        if self.held is None:
            self.wire.write(protocol.error(call_id, errors.UnknownType(details={"type": kind[:64]})))
        elif self.user:
            self.wire.write(protocol.error(call_id, errors.NotAuthenticated("Wait for the welcome.")))
        else:
            self._bad(call_id, errors.NotAuthenticated("The first frame must be hello."))

    # --- out --------------------------------------------------------------------------------------

    def answer(self, message: bytes) -> None:
        if not self.closed:
            self.wire.write(message)
        self.done()

    def done(self) -> None:
        self.unanswered -= 1
        if self.unanswered == UNANSWERED // 2:
            self.wire.resume()

    def push(self, body: bytes, arrived: Arrived = (), *, droppable: bool = False) -> None:
        """A numbered frame. A reader that is too slow is closed and comes back: the socket is lost, not the message."""
        if self.closed or (droppable and (self.held is not None or len(self.window) > EPHEMERAL_ROOM)):
            return
        if self.held is not None:
            self.held.append((body, arrived))
            return
        self.frame += 1
        message = b'{"frame":%d,%b' % (self.frame, body)
        if self.window.add(self.frame, len(message), arrived):
            self.wire.write(message)
        else:
            self.close(Close.SLOW)

    def welcome(self, call: Call, data: bytes, arrived: Arrived) -> None:
        """What was held while the heads were read follows the welcome."""
        held, self.held = self.held or [], None
        call.numbered(b"welcome", data, arrived)
        for body, messages in held:
            self.push(body, messages)

    def close(self, code: int) -> None:
        if not self.closed:
            self.closed = True
            self.wire.close(code)


class SocketConsumer(AsyncConsumer):
    """A Channels consumer without Channels' dispatch, which costs five times the throughput."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        gateway = await current()
        await receive()
        address = scope["client"][0] if scope.get("client") else ""
        if not allowed_origin(scope) or not gateway.admit(address):
            await send({"type": "websocket.close"})
            return
        offered = scope.get("subprotocols") or []
        await send(
            {"type": "websocket.accept", "subprotocol": protocol.VERSION if protocol.VERSION in offered else None}
        )
        ready = scope.get("extensions", {}).get(EXTENSION)
        socket = Socket(gateway, ReadyWire(ready, gateway.turn) if ready else PlainWire(send), address)
        gateway.opened(socket)
        if offered and protocol.VERSION not in offered:
            socket.close(Close.TOO_OLD)
        try:
            if ready:
                ready.receiver = socket.receive
            await self._until_closed(socket, receive)
        finally:
            socket.closed = True
            await gateway.gone(socket)

    async def _until_closed(self, socket: Socket, receive: Any) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            socket.receive(
                message.get("bytes") or b"" if text is None else text.encode("utf-8", "replace"), text is None
            )


def allowed_origin(scope: dict[str, Any]) -> bool:
    """Native clients send no Origin; a browser's must be ours or one that the operator named."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1")
    if not origin or "*" in settings.ALLOWED_ORIGINS or origin in settings.ALLOWED_ORIGINS:
        return True
    return urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin1")
