"""Topics to sockets of this process.

Every start is the same: register the topic and wait for the confirmation, read the store, deliver up to it, release
what was held meanwhile. No permission is kept here: who may hear a group is read after its topic is confirmed, and a
removal is an entry of the group that takes the socket off before anything later is delivered.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from imserver.realtime.bulletin import Entries, Item, Revoked, Ring, Shout
from imserver.realtime.layer import Bus
from imserver.realtime.listener import Answer, Arrived, Listener, Store
from imserver.realtime.order import Order, trim

logger = logging.getLogger(__name__)
_MOVES = re.compile(rb'\{"rev":\d+,"kind":"(?:member\.left|conversation\.joined|conversation\.left)"')
_CHUNK = 500
NEVER = float("inf")
MARGIN_SECONDS = 15  # a transaction may commit long after its timestamp
REAUTHENTICATE, GAP = 4401, 4009  # close codes


Wanted = tuple[Listener, str, str]  # a socket, a group and its topic


class _Move(msgspec.Struct):
    kind: str
    content: dict[str, str]


_move = msgspec.json.Decoder(_Move).decode


class Hub:
    def __init__(self, store: Store, bus: Bus):
        self.topics: dict[str, set[Listener]] = {}
        self.sessions: dict[str, tuple[Listener, ...]] = {}  # several tabs may share one
        self.order = Order(self._deliver, store.between, self._broken)
        self.line = bus.line(self.hear, self._restored)
        self._early: dict[str, dict[Listener, float]] = {}  # by topic: up to which rev it is too early for a listener
        self._store = store
        self._tasks: set[asyncio.Task[None]] = set()

    # --- who listens ------------------------------------------------------------------------------

    def admit(self, socket: Listener) -> None:
        """It counts as one of its person's from now on; `enter` sees to it that nothing passes it by."""
        self.sessions[socket.session] = (*self.sessions.get(socket.session, ()), socket)
        self._add(f"user:{socket.user}", socket)

    async def enter(self, sockets: Mapping[Listener, Sequence[str]]) -> None:
        """Listen for people and their groups; returns once nothing that comes later can be missed."""
        for socket in sockets:
            self._add(f"user:{socket.user}", socket)  # once more: it may have left meanwhile
        await self.line.register({f"user:{socket.user}" for socket in sockets})
        await self.join(sockets)

    async def join(self, sockets: Mapping[Listener, Sequence[str]]) -> dict[tuple[str, str], int]:
        """Listen to groups, as far as the sockets' people are members once the topics are confirmed.

        Returns the group's rev at that moment, by (user, group). What comes up to there may be older than the
        membership and is not delivered; the client pulls what it may see of it.
        """
        wanted = [(socket, group, f"conversation:{group}") for socket, groups in sockets.items() for group in groups]
        if not wanted:
            return {}
        for socket, group, topic in wanted:
            self._early.setdefault(topic, {})[socket] = NEVER
            if self._add(topic, socket):
                self.order.opening(group)
        await self.line.register({topic for _, _, topic in wanted})
        pairs = {(socket.user, group) for socket, group, _ in wanted}
        revs = {(user, group): rev for user, group, rev in await self._store.groups(list(pairs))}
        removed = await self._settle(wanted, revs)
        for (_, group), rev in revs.items():
            self.order.open(group, rev)
        return revs | await self.join(removed)

    async def _settle(self, wanted: Sequence[Wanted], revs: Mapping[tuple[str, str], int]) -> dict[Listener, list[str]]:
        """Members hear what is above the rev. Returns whose removal came meanwhile: it may be older than that."""
        removed: dict[Listener, list[str]] = {}
        for socket, group, topic in wanted:
            if (socket.user, group) not in revs:
                await self.exit(socket, [topic])
            elif socket in self._early.get(topic, {}):
                self._early[topic][socket] = revs[socket.user, group]
            elif f"user:{socket.user}" in socket.topics:
                removed.setdefault(socket, []).append(group)
        return removed

    def _add(self, topic: str, socket: Listener) -> bool:
        """Says whether the topic is new here."""
        socket.topics.add(topic)
        sockets = self.topics.setdefault(topic, set())
        sockets.add(socket)
        return len(sockets) == 1

    async def exit(self, socket: Listener, topics: Iterable[str]) -> None:
        await self._unregister([topic for topic in topics if self._drop(topic, socket)])

    async def leave(self, socket: Listener) -> None:
        """The socket is gone."""
        others = tuple(one for one in self.sessions.pop(socket.session, ()) if one is not socket)
        if others:
            self.sessions[socket.session] = others
        await self.exit(socket, tuple(socket.topics))

    def _drop(self, topic: str, socket: Listener) -> bool:
        """Says whether nobody is left."""
        socket.topics.discard(topic)
        self._early.get(topic, {}).pop(socket, None)
        sockets = self.topics.get(topic, set())
        sockets.discard(socket)
        return not sockets

    async def _unregister(self, topics: Sequence[str]) -> None:
        empty = [topic for topic in topics if topic in self.topics and not self.topics[topic]]
        for topic in empty:
            del self.topics[topic]
            self._early.pop(topic, None)
            self.order.forget(topic.partition("conversation:")[2])
        await self.line.unregister(empty)

    # --- what they hear ---------------------------------------------------------------------------

    def hear(self, item: Item) -> None:
        """Something from the bus."""
        topics, bulletin = item
        if isinstance(bulletin, Entries):
            self.order.take(topics, bulletin)
        elif isinstance(bulletin, Ring):
            if any(topic in self.topics for topic in topics):
                self.order.ring(topics, bulletin)
        elif isinstance(bulletin, Shout):
            self._shout(topics, bulletin)
        elif isinstance(bulletin, Revoked):
            self.revoke(bulletin.sessions)

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

    def revoke(self, sessions: Iterable[str]) -> None:
        for session in sessions:
            for socket in self.sessions.get(session, ()):
                socket.close(REAUTHENTICATE)

    def _shout(self, topics: Iterable[str], shout: Shout) -> None:
        for topic in topics:
            for socket in tuple(self.topics.get(topic, ())):
                if socket.user != shout.besides:
                    socket.push(shout.body, droppable=shout.droppable)

    def _deliver(self, topics: Iterable[str], entries: Entries, answers: Sequence[Answer]) -> None:
        moves = [] if entries.plain else [_move(item) for item in entries.items if _MOVES.match(item)]
        for move in moves:
            self._before(topics, move, entries.prev)
        senders = {answer.socket for answer in answers}
        self._spread(topics, entries, senders)
        for sender in senders:
            self._weave(sender, entries, {answer.rev: answer for answer in answers if answer.socket is sender})
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

    def _listeners(self, topic: str, prev: int) -> set[Listener]:
        """Who may hear what follows `prev`."""
        if early := self._early.get(topic):
            for socket in [socket for socket, rev in early.items() if rev <= prev]:
                del early[socket]
            return self.topics.get(topic, set()) - early.keys()
        return self.topics.get(topic, set())

    def _catch_up_early(self, topic: str, entries: Entries, senders: set[Listener]) -> None:
        """Who joined in the middle of these entries hears the rest of them."""
        for socket, rev in tuple(self._early.get(topic, {}).items()):
            if rev < entries.last_rev:
                del self._early[topic][socket]
                if socket not in senders:
                    rest = trim(entries, int(rev))
                    socket.push(spell(rest.conversation, rest.prev, rest.items), arrival(rest))

    def _weave(self, socket: Listener, entries: Entries, own: dict[int, Answer]) -> None:
        """To a sender its own entries are their `ok`, in rev order with those of others."""
        run: list[bytes] = []
        for rev, item in enumerate(entries.items, entries.prev + 1):
            answer = own.pop(rev, None)
            if answer is None:
                run.append(item)
                continue
            if run:
                socket.push(spell(entries.conversation, rev - 1 - len(run), run), arrival(entries))
                run = []
            answer.give(rev - 1)
        if run:
            socket.push(spell(entries.conversation, entries.last_rev - len(run), run), arrival(entries))
        for answer in own.values():
            answer.give(answer.rev - 1)

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
        """Ring for all that moved lately in the conversations of the people here."""
        users = [topic.removeprefix("user:") for topic in self.topics if topic.startswith("user:")]
        for start in range(0, len(users), _CHUNK):
            for topic, conversation, rev in await self._store.changed(users[start : start + _CHUNK], seconds):
                self.order.ring([topic], Ring(conversation, rev, rev))

    def _soon(self, job: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def spell(conversation: str, prev: int, items: Iterable[bytes]) -> bytes:
    """An `entries` frame without its opening brace: each socket puts its own frame number before it."""
    return b'"type":"entries","data":{"conversation":"%b","prev":%d,"items":[%b]}}' % (
        conversation.encode(),
        prev,
        b",".join(items),
    )


def arrival(entries: Entries) -> Arrived:
    return ((entries.conversation, entries.last_seq),) if entries.last_seq else ()
