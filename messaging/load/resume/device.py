"""A device that comes back, and pulls what it lacks."""

import asyncio
import time

from messaging.load import wire
from messaging.load.connection import Connection
from messaging.load.plan import NS_PER_TICK, Window
from messaging.load.resume import copies
from messaging.load.resume.copies import Copy
from messaging.load.resume.plan import Returning, Tally


class Device(Connection):
    def __init__(self, known: Returning, tally: Tally) -> None:
        super().__init__(known.hello, tally)
        self.tally: Tally = tally
        self.known = known
        self.copies = {gap.conversation: Copy(gap, tally) for gap in known.gaps}
        self.caught_up: asyncio.Future[None] = self.loop.create_future()
        self.welcomed_at = self.caught_up_at = 0
        self._pulling: set[str] = set()
        self._pulls = 0
        self._on |= {wire.Entries: self.on_entries}

    def on_welcome(self, welcome: wire.Welcome) -> None:
        super().on_welcome(welcome)
        self.welcomed_at = time.monotonic_ns()
        self.tally.wrong += copies.wrong(welcome.data, self.known.gaps)
        self._pulling = {head.conversation for head in welcome.data.heads if head.conversation in self.copies}
        for conversation in self._pulling:
            self._pull(conversation)
        self._look_round()

    def on_entries(self, entries: wire.Entries) -> None:
        conversation = entries.data.conversation
        if conversation not in self.copies:
            self.tally.errors["entries that nobody asked for"] += 1
        elif self.copies[conversation].take(entries.data):
            self._pull(conversation)
        else:
            self._pulling.discard(conversation)
            self._look_round()

    def _pull(self, conversation: str) -> None:
        self._pulls += 1
        self.write(wire.pull(self._pulls, conversation, self.copies[conversation].cursor))

    def _look_round(self) -> None:
        if not self._pulling and not self.caught_up.done():
            self.caught_up_at = time.monotonic_ns()
            self.caught_up.set_result(None)

    def fail(self, why: str) -> None:
        super().fail(why)
        if not self.caught_up.done():
            self.caught_up.set_result(None)

    def note(self, window: Window) -> None:
        """What became of it, at its end."""
        lost = sum(len(copy.missing) for copy in self.copies.values())
        self.tally.lost += lost
        if window.holds(self.caught_up_at):
            self.tally.resumed += 1
            self.tally.entries += sum(len(gap.keys) for gap in self.known.gaps) - lost
            self.tally.welcome[(self.welcomed_at - self.greeted_at) // NS_PER_TICK] += 1
            self.tally.caught_up[(self.caught_up_at - self.greeted_at) // NS_PER_TICK] += 1
