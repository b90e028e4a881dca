"""What the sockets of this process hear.

A removal is an entry of its group, and takes the socket off before anything later is delivered.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec

from imserver.realtime.bulletin import Entries, Item, Moved, Revoked, Ring, Shout, trim
from imserver.realtime.frames import arrival, spell, weave
from imserver.realtime.lately import TYPING_SECONDS, Lately
from imserver.realtime.layer import Bus
from imserver.realtime.listener import Answer, Listener, Store
from imserver.realtime.order import Order
from imserver.realtime.topics import NEVER, Topics

logger = logging.getLogger(__name__)
_MOVES = re.compile(rb'\{"rev":\d+,"kind":"(?:member\.left|conversation\.joined|conversation\.left)"')
_CHUNK = 500
MARGIN_SECONDS = 60  # a transaction may commit long after its timestamp, and the relay may lag
GAP = 4009  # close code


class _Move(msgspec.Struct):
    kind: str
    content: dict[str, str]


_move = msgspec.json.Decoder(_Move).decode


class Hub(Topics):
    def __init__(self, store: Store, bus: Bus):
        order = Order(self._deliver, store.between, self._broken)
        super().__init__(store, order, bus.line(self.hear, self._restored))
        self._tasks: set[asyncio.Task[None]] = set()
        self._shouted = Lately(TYPING_SECONDS)
        self._takers: Mapping[type, Callable[[tuple[str, ...], Any], None]] = {
            Entries: order.take,
            Ring: self._ring,
            Shout: self._shout,
            Revoked: lambda _topics, revoked: self.revoke(revoked.sessions, revoked.code),
            Moved: lambda _topics, moved: self.on_moved(moved.user),
        }

    def hear(self, item: Item) -> None:
        """Something from the bus."""
        topics, bulletin = item
        self._takers[type(bulletin)](topics, bulletin)

    def tell(self, items: Sequence[Item], answers: Mapping[str, Sequence[Answer]] = MappingProxyType({})) -> None:
        """Something from this process: to its own sockets without Redis, to the other gateways through it.

        `answers` has the senders' answers by conversation; each takes the place of its entry.
        """
        for topics, bulletin in items:
            if isinstance(bulletin, Entries):
                self.order.take(topics, bulletin, answers.get(bulletin.conversation, ()))
            else:
                self.hear((topics, bulletin))
        self.line.deliver(items)

    def revoke(self, sessions: Iterable[str], code: int) -> None:
        for session in sessions:
            for socket in self.sessions.get(session, ()):
                socket.close(code)

    def _ring(self, topics: tuple[str, ...], ring: Ring) -> None:
        if any(topic in self.topics for topic in topics):
            self.order.ring(topics, ring)

    def _shout(self, topics: Iterable[str], shout: Shout) -> None:
        if shout.once and not self._shouted.is_new(shout.once):
            return
        for topic in topics:
            for socket in tuple(self.topics.get(topic, ())):
                if socket.user not in shout.besides and shout.session in ("", socket.session):
                    socket.push(shout.body, droppable=shout.droppable)

    def _deliver(self, topics: Iterable[str], entries: Entries, answers: Sequence[Answer]) -> None:
        moves = [] if entries.plain else [_move(item) for item in entries.items if _MOVES.match(item)]
        for move in moves:
            self._before(topics, move, entries.prev)
        senders = {answer.socket for answer in answers}
        self._spread(topics, entries, senders)
        for sender in senders:
            weave(sender, entries, {answer.rev: answer for answer in answers if answer.socket is sender})
        for move in moves:
            self._after(topics, move)

    def _spread(self, topics: Iterable[str], entries: Entries, senders: set[Listener]) -> None:
        others = [socket for topic in topics for socket in self._listeners(topic, entries.prev) - senders]
        if others:
            body, arrived = spell(entries.conversation, entries.prev, entries.items), arrival(entries)
            for socket in others:
                socket.push(body, arrived)
        for topic in topics:
            self._catch_up_early(topic, entries, senders)

    def _catch_up_early(self, topic: str, entries: Entries, senders: set[Listener]) -> None:
        """Who joined in the middle of these entries hears the rest of them."""
        for socket, rev in tuple(self._early.get(topic, {}).items()):
            if rev < entries.last_rev:
                del self._early[topic][socket]
                if socket not in senders:
                    rest = trim(entries, int(rev))
                    socket.push(spell(rest.conversation, rest.prev, rest.items), arrival(rest))

    def _before(self, topics: Iterable[str], move: _Move, prev: int) -> None:
        """Who leaves a group hears nothing more of it, from this entry on; unless he has come back since."""
        if move.kind == "member.left":
            for topic in topics:
                back = {socket for socket, rev in self._early.get(topic, {}).items() if prev < rev < NEVER}
                for socket in self.topics.get(topic, set()) - back:
                    if socket.user == move.content["user"] and self._drop(topic, socket):
                        self._soon(self._unregister([topic]))

    def _after(self, topics: Iterable[str], move: _Move) -> None:
        sockets = [socket for topic in topics for socket in self.topics.get(topic, ())]
        group = move.content.get("conversation", "")
        if move.kind == "conversation.joined":
            self._soon(self._joined(sockets, group))
        elif move.kind == "conversation.left":
            for socket in sockets:
                self._soon(self.exit(socket, [f"conversation:{group}"]))

    async def _joined(self, sockets: Sequence[Listener], group: str) -> None:
        try:
            revs = await self.join({socket: [group] for socket in sockets})
            for rev in set(revs.values()):  # its newest entry shows a client what it has to pull
                newest = await self._store.between(group, rev, rev)
                for socket in self.topics.get(f"conversation:{group}", set()) & set(sockets):
                    socket.push(spell(group, rev - 1, newest))
        except Exception as e:
            logger.warning("A group could not be joined, its new members connect again: %s", e)
            for socket in sockets:
                socket.close(GAP)

    # --- when the bus or the store breaks ---------------------------------------------------------

    def _broken(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for socket in tuple(self.topics.get(topic, ())):
                socket.close(GAP)

    def _restored(self, deaf_seconds: float) -> None:
        if self.topics:
            self._soon(self._caught_up(deaf_seconds + MARGIN_SECONDS))
        for topic in self.topics:
            if topic.startswith("presence:"):
                self.on_moved(topic.removeprefix("presence:"))

    async def _caught_up(self, seconds: float) -> None:
        """The store may be away together with the bus: what was missed is asked for until it answers."""
        began = asyncio.get_running_loop().time()
        while True:
            try:
                await self.catch_up(seconds + asyncio.get_running_loop().time() - began)
            except Exception as e:
                logger.warning("What was missed could not be read yet: %s", e)
                await asyncio.sleep(1)
            else:
                return

    async def catch_up(self, seconds: float) -> None:
        """Listen to the groups that the people here have now, then ring for all that moved lately.

        Each for everybody who hears it, also those who are just coming in: what was told to some counts as told.
        """
        users = [topic.removeprefix("user:") for topic in self.topics if topic.startswith("user:")]
        for start in range(0, len(users), _CHUNK):
            chunk = users[start : start + _CHUNK]
            await self._rejoin(chunk)
            for conversation, topics, rev in await self._store.changed(chunk, seconds):
                self.order.ring(topics, Ring(conversation, rev, rev))

    async def _rejoin(self, users: Sequence[str]) -> None:
        """Nobody may have heard who joined or left what."""
        sockets = [socket for user in users for socket in self.topics.get(f"user:{user}", ())]
        before = {socket: {topic for topic in socket.topics if topic.startswith("conversation:")} for socket in sockets}
        groups = await self._store.groups_of([UUID(user) for user in users])
        missing: dict[str, list[Listener]] = {}
        for socket, held in before.items():
            now = {f"conversation:{group}" for group in groups.get(socket.user, ())}
            await self.exit(socket, held - now)
            for topic in now - held:
                missing.setdefault(topic.removeprefix("conversation:"), []).append(socket)
        for group, newcomers in missing.items():
            await self._joined(newcomers, group)

    def _soon(self, job: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
