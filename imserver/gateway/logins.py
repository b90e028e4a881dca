"""Hello: who is at the other end, and what has happened since.

All hellos of 20 ms share their queries, so that a storm of reconnections costs few of them.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from psycopg import OperationalError

from imserver import commands as table
from imserver.errors import AccountBanned, DomainError, NotAuthenticated, RateLimited, Unavailable
from imserver.gateway import protocol
from imserver.gateway.protocol import Close, Hello
from imserver.gateway.socket import Call
from imserver.realtime.hub import Hub

logger = logging.getLogger(__name__)
GATHER_SECONDS = 0.02


class Login(NamedTuple):
    call: Call
    hello: Hello
    subject: Any


class Logins:
    def __init__(self, hub: Hub, store: Any, subject: Any):
        self._hub, self._store, self._subject = hub, store, subject
        self._sessions = import_string(table.SESSIONS)
        self._waiting: list[Login] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def hello(self, call: Call, data: Hello) -> None:
        socket = call.socket
        try:
            subject = self._subject(data.token)
        except DomainError as e:
            self._turn_away(call, e, Close.REAUTHENTICATE)
            return
        socket.user_id, socket.user, socket.session = subject.user_id, str(subject.user_id), str(subject.device_id)
        socket.expires_at = subject.expires_at
        self._waiting.append(Login(call, data, subject))
        if len(self._waiting) == 1:
            task = asyncio.get_running_loop().create_task(self._gather())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _turn_away(self, call: Call, problem: DomainError, code: int) -> None:
        call.error(problem)
        call.socket.close(code)

    async def _gather(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        logins, self._waiting = self._waiting, []
        try:
            await self._welcome(await self._admitted(logins))
        except OperationalError as e:
            logger.warning("%s logins found no database: %s", len(logins), e)
            self._later(logins)
        except Exception:
            logger.exception("%s logins could not be served", len(logins))
            self._later(logins)

    def _later(self, logins: Sequence[Login]) -> None:
        for login in logins:
            if login.call.socket.held is not None:
                self._turn_away(login.call, Unavailable(), Close.DRAIN)

    async def _admitted(self, logins: Sequence[Login]) -> list[tuple[Login, Any]]:
        """Those whose session row lives, whose account is active, and who have a socket to spare."""
        people = await self._sessions([(login.subject.user_id, login.subject.device_id) for login in logins])
        found = []
        for login in logins:
            person = people.get(login.subject.device_id)
            open_now = self._hub.topics.get(f"user:{login.call.socket.user}", ())
            if person is None:
                self._turn_away(login.call, NotAuthenticated("This session has ended."), Close.REAUTHENTICATE)
            elif not person.is_active:
                self._turn_away(login.call, AccountBanned(), Close.BANNED)
            elif len(open_now) >= settings.LIMITS["sockets_per_user"]:
                self._turn_away(login.call, RateLimited("Too many connections of one person."), Close.TOO_MANY)
            else:
                self._hub.admit(login.call.socket)
                found.append((login, person))
        return found

    async def _welcome(self, admitted: Sequence[tuple[Login, Any]]) -> None:
        """Register, wait for the confirmation, read the heads, deliver up to them, release what was held."""
        if not admitted:
            return
        store, hub = self._store, self._hub
        logins = [login for login, _ in admitted]
        groups = await store.groups_of([login.call.socket.user_id for login in logins])
        await hub.enter({login.call.socket: groups.get(login.call.socket.user, []) for login in logins})
        epoch = await store.epoch()
        same = [login.hello.epoch in (None, epoch) for login in logins]
        asked = [
            (login.call.socket.user_id, login.hello.heads if known else {})
            for login, known in zip(logins, same, strict=True)
        ]
        for (login, person), known, heads in zip(admitted, same, await store.heads(asked), strict=True):
            socket = login.call.socket
            said: dict[str, Any] = {
                "user": {"id": socket.user, "username": person.username, "display_name": person.display_name},
                "session": socket.session,
                "epoch": epoch,
                "limits": settings.LIMITS,
                "ping_s": settings.LIMITS["ping_s"],
                "feature_level": protocol.FEATURE_LEVEL,
                "server_time": protocol.moment(time.time()),
                "left": heads.left,
                **({} if known else {"reset": True}),
                **({"more": True} if heads.more else {}),
            }
            socket.ponged_at = asyncio.get_running_loop().time()
            socket.next_ping = socket.ponged_at + settings.LIMITS["ping_s"]
            socket.welcome(login.call, protocol.spell(said, heads=heads.items), heads.arrived)
            if socket.closed:
                await hub.leave(socket)
