"""Which socket listens to which topic.

Every start is the same: register the topic and wait for the confirmation, read the store, deliver up to it, release
what was held meanwhile. No permission is kept: who may hear a group is read after its topic is confirmed.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from imserver.realtime.bulletin import moved
from imserver.realtime.line import Line
from imserver.realtime.listener import Listener, Store
from imserver.realtime.order import Order

NEVER = float("inf")
Wanted = tuple[Listener, str, str]  # a socket, a group and its topic


class Topics:
    def __init__(self, store: Store, order: Order, line: Line):
        self.topics: dict[str, set[Listener]] = {}
        self.sessions: dict[str, tuple[Listener, ...]] = {}  # several tabs may share one
        self.order, self.line = order, line
        self.on_moved: Callable[[str], None] = lambda user: None
        self._store = store
        self._early: dict[str, dict[Listener, float]] = {}  # by topic: up to which rev it is too early for a listener

    def admit(self, socket: Listener) -> None:
        """It counts as one of its person's from now on; `enter` sees to it that nothing passes it by."""
        self.sessions[socket.session] = (*self.sessions.get(socket.session, ()), socket)
        self._add(f"user:{socket.user}", socket)

    async def enter(self, sockets: Mapping[Listener, Sequence[str]]) -> None:
        """Listen for people and their groups; returns once nothing that comes later can be missed."""
        for socket in sockets:
            self._add(f"user:{socket.user}", socket)  # once more: it may have left meanwhile
        here = {f"user:{socket.user}": socket.user for socket in sockets}
        came = [user for topic, user in here.items() if self.topics[topic] <= sockets.keys()]
        await self.line.register(here)
        self._moved(came)
        await self.join(sockets)

    async def join(self, sockets: Mapping[Listener, Sequence[str]]) -> dict[tuple[str, str], int]:
        """Listen to groups, as far as the sockets' people are members once the topics are confirmed.

        Returns the group's rev at that moment, by (user, group), or what the others here have heard meanwhile. What
        comes up to there may be older than the membership and is not delivered; the client pulls what it may see of it.
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
        found = await self._store.groups(list(pairs))
        revs = {(user, group): max(rev, self.order.known.get(group, 0)) for user, group, rev in found}
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

    async def watch(self, socket: Listener, users: Iterable[str]) -> None:
        """Hear when these people, instead of those named before, come, go, or are seen by others than till now."""
        wanted = {f"presence:{user}" for user in users}
        held = {topic for topic in socket.topics if topic.startswith("presence:")}
        for topic in wanted - held:
            self._add(topic, socket)
        await self.line.register(wanted - held)
        await self.exit(socket, held - wanted)

    def _moved(self, users: Collection[str]) -> None:
        for user in users:
            self.on_moved(user)
        if users:
            self.line.deliver(moved(users))

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
        self._moved([topic.removeprefix("user:") for topic in empty if topic.startswith("user:")])

    def _listeners(self, topic: str, prev: int) -> set[Listener]:
        """Who may hear what follows `prev`."""
        if early := self._early.get(topic):
            for socket in [socket for socket, rev in early.items() if rev <= prev]:
                del early[socket]
            return self.topics.get(topic, set()) - early.keys()
        return self.topics.get(topic, set())
