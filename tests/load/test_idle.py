"""The scenario `idle`: who is there, and what each of them costs."""

import asyncio
import time
from collections import Counter

import pytest

from messaging.load import options, wire
from messaging.load.conduct import Measured
from messaging.load.idle import scenario
from messaging.load.idle.plan import Plan, Tally
from messaging.load.idle.play import play
from messaging.load.plan import Window
from tests.load import fake
from tests.load.fake_presence import Watched

FIRST, OTHERS = ["f0"], ["o0", "o1", "o2"]


class Harsh(Watched):
    """Sends away whoever comes last, after a while."""

    patience, links = 0.1, 0

    async def talk(self, link):
        self.links += 1
        if self.links < len(FIRST + OTHERS):
            return await super().talk(link)
        stay = asyncio.ensure_future(super().talk(link)) if self.patience else asyncio.sleep(0)
        await asyncio.sleep(self.patience)
        await link.close(4008, "slow")
        return await stay


def run(server, *, seconds=0.4):
    async def window():
        now = time.monotonic_ns()
        assert len(server.here) == len(FIRST)
        return Window(now, now + int(seconds * 1e9))

    async def played():
        async with fake.running(server) as url:
            return await play(Plan(url, *([wire.hello(user) for user in users] for users in (FIRST, OTHERS))), window)

    return asyncio.run(played())


def test_all_others_come_when_the_window_opens_and_stay():
    server = Watched()
    tally = run(server)
    assert (tally.came, tally.errors) == (len(OTHERS), Counter())
    assert server.most == len(FIRST + OTHERS)


def test_who_is_sent_away_is_an_error():
    tally = run(Harsh())
    assert tally.came == len(OTHERS)
    assert tally.errors == Counter({"closed by the server: 4008": 1})


def test_who_cannot_come_is_an_error():
    server = Harsh()
    server.patience = 0
    tally = run(server)
    assert tally.came == len(OTHERS) - 1
    assert "closed by the server: 4008" in tally.errors


def test_who_comes_too_late_is_an_error():
    assert run(Watched(), seconds=0).errors == Counter({"not all were there before the window closed": 1})


def test_the_memory_is_that_of_one_who_came():
    wanted = options.parse(["idle", "--users", "1000"])
    measured = Measured(Tally(came=900), {"server": 1.0}, 0.0, server_mb=60.0, server_mb_before=42.0)
    verdict = scenario.IDLE.verdict(wanted, measured)
    assert verdict.figures["kb_each"] == pytest.approx(20.5)
    assert verdict.is_clean
    assert not scenario.IDLE.verdict(wanted, Measured(Tally(came=900, errors=Counter(late=1)), {}, 0.0, 0.0)).is_clean
