"""The sockets of a conversation: they send and check what comes, as cheaply as they can."""

import time

from messaging.load import wire
from messaging.load.connection import Connection
from messaging.load.plan import NEVER, NS_PER_TICK, Seat, Window
from messaging.load.talk.plan import Plan, Room, Seen, Tally

KEPT = 10_000


class Stage:
    """One conversation with all its sockets in this process."""

    def __init__(self, room: Room, plan: Plan, tally: Tally) -> None:
        self.conversation = room.conversation
        self.tally = tally
        self.window = NEVER
        self.template = wire.send_template(room.conversation, plan.size)
        self.rotate = plan.rotate
        self.in_flight = plan.in_flight
        self.sockets = [Socket(self, seat) for seat in room.seats]
        self.turn = 0
        self.first = 0
        self.acked = 0
        self._keys: dict[int, str] = {}

    def begin(self, window: Window) -> None:
        self.window = window
        self.first = max(socket.cursor for socket in self.sockets)
        for socket in self.sockets:
            socket.cursor = self.first
        for _ in range(self.in_flight):
            self.next_socket().say()

    def next_socket(self) -> "Socket":
        self.turn = (self.turn + 1) % len(self.sockets)
        return self.sockets[self.turn]

    def answered(self, socket: "Socket") -> None:
        """A place in flight is free."""
        if time.monotonic_ns() < self.window.closes:
            (self.next_socket() if self.rotate else socket).say()

    def check_key(self, rev: int, key: str) -> None:
        """All sockets must see the same message at a rev."""
        known = self._keys.get(rev)
        if known is None:
            self._keys[rev] = key
            self._keys.pop(rev - KEPT, None)
        elif known != key:
            self.tally.errors["another key at the same rev"] += 1

    def is_quiet(self) -> bool:
        head = max(socket.cursor for socket in self.sockets)
        return all(socket.cursor == head and not socket.missing and not socket.pending for socket in self.sockets)

    def seen(self) -> Seen:
        return Seen(
            conversation=self.conversation,
            first=self.first,
            acked=self.acked,
            unanswered=sum(len(socket.pending) for socket in self.sockets),
            cursors=[socket.cursor for socket in self.sockets],
            missing=sum(len(socket.missing) for socket in self.sockets),
        )


class Socket(Connection):
    def __init__(self, stage: Stage, seat: Seat) -> None:
        super().__init__(wire.hello(seat.token), stage.tally)
        self.stage = stage
        self.tally: Tally = stage.tally
        self.cursor = 0
        self.missing: set[int] = set()
        self.pending: dict[int, tuple[str, int]] = {}
        self.sends = 0
        self._on |= {wire.Entries: self.on_entries, wire.Ok: self.on_ok}

    def say(self) -> None:
        self.sends += 1
        key, now = wire.key(), time.monotonic_ns()
        self.pending[self.sends] = (key, now)
        self.write((self.stage.template % (self.sends, key, now)).encode())

    def on_ok(self, ok: wire.Ok) -> None:
        sent = self.pending.pop(ok.id, None)
        if sent is None or ok.data.duplicate:
            self.tally.errors["an answer to nothing, or a duplicate"] += 1
            return
        key, sent_at = sent
        now, stage = time.monotonic_ns(), self.stage
        stage.acked += 1
        if stage.window.opens <= now < stage.window.closes:
            self.tally.acked += 1
            self.tally.ack[(now - sent_at) // NS_PER_TICK] += 1
        self.advance(ok.data.prev, ok.data.rev)
        stage.check_key(ok.data.rev, key)
        stage.answered(self)

    def on_failure(self, error: wire.Failure) -> None:
        super().on_failure(error)
        if isinstance(error.id, int):
            self.pending.pop(error.id, None)

    def on_welcome(self, welcome: wire.Welcome) -> None:
        for head in welcome.data.heads:
            if head.conversation == self.stage.conversation:
                self.cursor = head.rev
        super().on_welcome(welcome)

    def on_entries(self, entries: wire.Entries) -> None:
        stage, prev = self.stage, entries.data.prev
        if entries.data.conversation != stage.conversation:
            return
        now = time.monotonic_ns()
        counts = stage.window.opens <= now < stage.window.closes
        delivery = self.tally.delivery
        for item in entries.data.items:
            if self.advance(prev, item.rev) and counts and item.content is not None:
                self.tally.delivered += 1
                delivery[(now - int(item.content.text[: wire.DIGITS])) // NS_PER_TICK] += 1
            stage.check_key(item.rev, item.key)
            prev = item.rev

    def advance(self, prev: int, rev: int) -> bool:
        """The rule of the cursor: an entry counts only once, and only right after the one before it."""
        if prev != rev - 1:
            self.tally.errors["prev is not the rev before"] += 1
        if rev == self.cursor + 1:
            self.cursor = rev
        elif rev > self.cursor:
            self.tally.reordered += 1
            self.missing.update(range(self.cursor + 1, rev))
            self.cursor = rev
        elif rev in self.missing:
            self.missing.discard(rev)
        else:
            self.tally.duplicated += 1
            return False
        return True
