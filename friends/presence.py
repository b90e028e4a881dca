"""Who is online, as far as each watcher may see it.

A hint says only that somebody may look different: he came, went, or lets others see him than before. Twice a second a
gateway looks at all of those whom its sockets watch, in Redis and in PostgreSQL, and tells each watcher what is new to
him. So a thousand comings and goings in a second are one look, no permission is kept, and a lost hint is made up for
by the next round.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.conf import settings
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from friends import queries
from imserver import database
from imserver.gateway import protocol
from imserver.realtime.hub import Hub
from imserver.realtime.line import BROKEN
from imserver.realtime.listener import Listener

logger = logging.getLogger(__name__)
_TICK_SECONDS: Final = 0.5
_GRACE_SECONDS: Final[int] = settings.LIMITS["presence_grace_s"]
_ROUND_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 5.0  # where a store is away
_AT_ONCE: Final = 1_000  # people
_HIDDEN: Final = (False, None)
Shown = tuple[bool, float | None]  # online, else when last seen


class Watching:
    def __init__(self, hub: Hub):
        self._hub = hub
        hub.on_moved = self.look
        self._due: dict[str, float] = {}  # people who are watched: when to look at them
        self._left: dict[str, float] = {}  # when each was here last; infinity while he is
        self._told: dict[str, dict[Listener, Shown]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def begin(self, socket: Listener, users: Iterable[str]) -> None:
        """This socket is told of these people in any case."""
        for user in users:
            self._told.get(user, {}).pop(socket, None)
            self._due[user] = 0

    def look(self, user: str) -> None:
        if user in self._due:
            self._due[user] = 0

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            while users := self._next():
                await self._safely(users)

    async def _safely(self, users: Sequence[str]) -> None:
        try:
            await self._look_at(users)
        except (*BROKEN, OperationalError, PoolTimeout) as e:
            logger.warning("Who is online could not be read: %s", e)
            self._due |= dict.fromkeys(users, asyncio.get_running_loop().time() + _PATIENCE_SECONDS)
        except Exception:
            logger.exception("Who is online could not be told")

    def _next(self) -> list[str]:
        now = asyncio.get_running_loop().time()
        due = [user for user, at in self._due.items() if at <= now][:_AT_ONCE]
        for user in [user for user in due if not self._watchers(user)]:
            for known in (self._due, self._left, self._told):
                known.pop(user, None)
        return [user for user in due if user in self._due]

    def _watchers(self, user: str) -> Collection[Listener]:
        return self._hub.topics.get(f"presence:{user}", ())

    async def _look_at(self, users: Sequence[str]) -> None:
        now = asyncio.get_running_loop().time()
        for user in users:  # before it is read: a hint that comes meanwhile leads to another look
            self._due[user] = now + random.uniform(0.5, 1) * _ROUND_SECONDS  # noqa: S311  # not all at once
        watchers = {user: tuple(self._watchers(user)) for user in users}
        pairs = {(socket.user, user) for user, sockets in watchers.items() for socket in sockets}
        online, visible = await self._hub.line.online(users), await database.arun(queries.seen(pairs))
        news: dict[Listener, list[dict[str, object]]] = {}
        for user, sockets in watchers.items():
            shown = self._shown(user, user in online, visible.get(user, {}))
            for socket in self._differing(user, {socket: shown.get(socket.user, _HIDDEN) for socket in sockets}):
                news.setdefault(socket, []).append(_item(user, shown.get(socket.user, _HIDDEN)))
        for socket, items in news.items():
            socket.push(protocol.numbered(b"presence", protocol.dumps({"items": items})))

    def _shown(self, user: str, is_online: bool, to: Mapping[str, float | None]) -> dict[str, Shown]:  # noqa: FBT001
        """What each watcher sees who may. A person who is gone is shown for another 20 s: most come back."""
        now = asyncio.get_running_loop().time()
        if is_online:
            self._left[user] = math.inf
        elif user not in self._left:
            self._left[user] = now - time.time() + max(filter(None, to.values()), default=0.0)
        elif self._left[user] == math.inf:
            self._left[user] = now
        until = self._left[user] + _GRACE_SECONDS
        if until <= now:
            return {watcher: (False, seen_at) for watcher, seen_at in to.items()}
        self._due[user] = min(self._due[user], until)
        return dict.fromkeys(to, (True, None))

    def _differing(self, user: str, shown: dict[Listener, Shown]) -> list[Listener]:
        """Whom that is new to."""
        told, self._told[user] = self._told.get(user, {}), shown
        return [socket for socket, now in shown.items() if told.get(socket) != now]


def _item(user: str, shown: Shown) -> dict[str, object]:
    is_online, seen_at = shown
    return {"user": user, "online": is_online, **({"last_seen_at": protocol.moment(seen_at)} if seen_at else {})}
