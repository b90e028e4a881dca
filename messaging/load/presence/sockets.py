"""Those who come and go, and those who watch them."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence

from messaging.load import client, wire
from messaging.load.connection import Connection
from messaging.load.plan import NEVER, NS_PER_TICK, Seat
from messaging.load.presence.plan import Plan, Tally, Watch
from messaging.load.presence.screen import Screen

ARRIVING = 64
STAY_SECONDS = 1.0, 3.0
"""Longer than a watcher waits to be told, which is half a second at most."""


class Crowd:
    """People of whom each comes, stays for a moment, and comes again some time later."""

    def __init__(self, plan: Plan, tally: Tally) -> None:
        self.plan, self.tally = plan, tally
        self.window = NEVER
        self.here: dict[str, int] = {}
        self.screens: Mapping[str, Sequence[Screen]] = {}
        self._away = list(plan.people)
        self._guests: dict[str, Guest] = {}
        self._ended = False

    async def flap(self) -> None:
        """At random moments, until the window closes. A server that is slow lets fewer come."""
        places = asyncio.Semaphore(ARRIVING)
        due = time.monotonic()
        async with asyncio.TaskGroup() as group:
            while time.monotonic_ns() < self.window.closes:
                due += random.expovariate(self.plan.comings)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await places.acquire()
                visit = group.create_task(self._visit())
                visit.add_done_callback(lambda _: places.release())
        self._end()

    async def _visit(self) -> None:
        if not self._away:
            return
        chosen = random.randrange(len(self._away))  # noqa: S311
        self._away[chosen], self._away[-1] = self._away[-1], self._away[chosen]
        guest = Guest(self, self._away.pop())
        if not await client.visit(self.plan.url, guest):
            self._away.append(guest.seat)

    def came(self, guest: "Guest") -> None:
        user, now = guest.seat.user, time.monotonic_ns()
        self.here[user] = now
        self._guests[user] = guest
        for screen in self.screens.get(user, ()):
            screen.came(user)
        if self.window.holds(now):
            self.tally.came += 1
            self.tally.welcome[(now - guest.greeted_at) // NS_PER_TICK] += 1
        guest.loop.call_later(random.uniform(*STAY_SECONDS), self._goes, guest)  # noqa: S311

    def _goes(self, guest: "Guest") -> None:
        if not self._ended:
            self._send_away(guest)

    def _send_away(self, guest: "Guest") -> None:
        user = guest.seat.user
        del self.here[user], self._guests[user]
        for screen in self.screens.get(user, ()):
            screen.went(user)
        guest.leave()
        self._away.append(guest.seat)
        self.tally.went += self.window.holds(time.monotonic_ns())

    def _end(self) -> None:
        """Half of those who are here stay."""
        self._ended = True
        for guest in list(self._guests.values())[::2]:
            self._send_away(guest)
        self.tally.stayed = len(self.here)

    def leave(self) -> None:
        for guest in self._guests.values():
            guest.leave()


class Guest(Connection):
    def __init__(self, crowd: Crowd, seat: Seat) -> None:
        super().__init__(wire.hello(seat.token), crowd.tally)
        self.crowd, self.seat = crowd, seat

    def on_welcome(self, welcome: wire.Welcome) -> None:
        super().on_welcome(welcome)
        self.crowd.came(self)


class Watcher(Connection):
    def __init__(self, crowd: Crowd, watch: Watch) -> None:
        super().__init__(wire.hello(watch.seat.token), crowd.tally)
        self.crowd, self.users = crowd, watch.users
        self.screen = Screen(watch.users, crowd.here)
        self.tally: Tally = crowd.tally
        self._on |= {wire.Presence: self.on_presence}

    def on_welcome(self, welcome: wire.Welcome) -> None:
        super().on_welcome(welcome)
        self.write(wire.watch(self.users))

    def on_presence(self, presence: wire.Presence) -> None:
        now = time.monotonic_ns()
        counts = self.crowd.window.holds(now)
        waits = [self.screen.take(move, now) for move in presence.data.items]
        if counts:
            self.tally.frames += 1
            self.tally.items += len(waits)
            self.tally.shown.update(wait // NS_PER_TICK for wait in waits if wait is not None)
