"""One connection: what comes in is parsed, run and answered."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import Error
from psycopg import OperationalError

from imserver import errors
from imserver.api.parsing import MALFORMED, refusal
from imserver.errors import DomainError
from imserver.gateway import protocol
from imserver.gateway.limiter import Limiter
from imserver.gateway.outlet import Outlet
from imserver.gateway.protocol import Close, Frame
from imserver.gateway.wire import Wire
from imserver.realtime.listener import Arrived

logger = logging.getLogger(__name__)
UNANSWERED = settings.LIMITS["unanswered"]
STRIKES = 3


class Call:
    """Answer once: `ok`, `numbered`, `error` or `done`."""

    __slots__ = ("id", "socket")

    def __init__(self, socket: "Socket", call_id: bytes):
        self.socket = socket
        self.id = call_id

    def ok(self, data: bytes) -> None:
        self.socket.answer(protocol.reply(b"ok", self.id, data))

    def numbered(self, kind: bytes, data: bytes, arrived: Arrived = ()) -> None:
        """An answer that is acknowledged, which means that the messages it names have arrived."""
        self.socket.done()
        self.socket.push(protocol.numbered(kind, data, self.id), arrived, asked=True)

    def error(self, problem: DomainError) -> None:
        self.socket.answer(protocol.error(self.id, problem))

    def done(self) -> None:
        """No answer belongs to this command."""
        self.socket.done()


class Command(NamedTuple):
    decode: Callable[[msgspec.Raw], Any]
    run: Callable[[Call, Any], Any]
    waits: bool


Find = Callable[["Socket", str], Command | None]


class Socket(Outlet):
    """One connection. Implements imserver.realtime.listener.Listener."""

    __slots__ = (
        "address",
        "expires_at",
        "expiring",
        "find",
        "limiter",
        "next_ping",
        "opened_at",
        "ponged_at",
        "session",
        "strikes",
        "tasks",
        "topics",
        "unanswered",
        "user",
        "user_id",
    )  # fmt: skip

    def __init__(self, find: Find, wire: Wire, address: str, now: float):
        super().__init__(wire)
        self.find, self.address = find, address
        self.user = self.session = ""
        self.user_id = UUID(int=0)
        self.topics: set[str] = set()
        self.limiter = Limiter()
        self.unanswered = self.strikes = 0
        self.expiring = False
        self.expires_at = self.next_ping = 0.0
        self.opened_at = self.ponged_at = now
        self.tasks: set[asyncio.Task[None]] = set()

    def receive(self, payload: bytes, binary: bool) -> None:  # noqa: FBT001
        if self.closed:
            return
        if binary:
            self.close(Close.BAD_FRAMES)
            return
        try:
            self._take(protocol.decode_frame(payload))
        except MALFORMED as e:
            self._bad(protocol.salvaged_id(payload), refusal(payload, e))

    def _take(self, frame: Frame) -> None:
        call_id = bytes(frame.id)
        if not protocol.IDS.fullmatch(call_id):
            self._bad(b"null", errors.BadRequest("`id` must be a short ASCII string or an integer."))
        elif wait := self._too_soon(frame.type):
            self._rate(call_id, wait)
        elif command := self.find(self, frame.type):
            self._count(Call(self, call_id), command, frame.data)
        else:
            self._unknown(call_id, frame.type)

    def _too_soon(self, kind: str) -> int:
        """Milliseconds to wait. An acknowledgement of what is under way is free: the server asked for it."""
        return 0 if kind == "ack" and self.window else self.limiter.take()

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
            call.error(refusal(bytes(data), e))
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
        except (OperationalError, Error) as e:
            logger.warning("A command found no database: %s", e)
            call.error(errors.Unavailable())
        except Exception:
            logger.exception("A command broke")
            call.error(errors.ServerError())

    def _bad(self, call_id: bytes, problem: DomainError) -> None:
        self.wire.write(protocol.error(call_id, problem))
        self.strikes += not isinstance(problem, errors.BadContent)
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
            self.wire.write(protocol.error(call_id, errors.TooEarly()))
        else:
            self._bad(call_id, errors.NotAuthenticated("The first frame must be hello."))

    def answer(self, message: bytes) -> None:
        if not self.closed:
            self.wire.write(message)
        self.done()

    def done(self) -> None:
        self.unanswered -= 1
        if self.unanswered == UNANSWERED // 2:
            self.wire.resume()

    def welcome(self, call: Call, data: bytes, arrived: Arrived) -> None:
        """What was held while the heads were read follows the welcome."""
        held, self.held = self.held or [], None
        call.numbered(b"welcome", data, arrived)
        for body, messages in held:
            self.push(body, messages)
