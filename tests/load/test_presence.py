"""The scenario `presence`: what its checks notice, and how its people behave."""

import asyncio
import time
from collections import Counter

import pytest

from messaging.load import client, options
from messaging.load.conduct import Measured
from messaging.load.plan import Seat, Window
from messaging.load.presence import scenario, sockets
from messaging.load.presence.plan import Plan, Tally, Watch
from messaging.load.presence.play import play
from messaging.load.presence.screen import Screen
from messaging.load.wire import Move
from tests.load import fake, fake_presence

SECONDS = 0.3
USERS = [f"u{number}" for number in range(60)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(client, "QUIET_SECONDS", 1)
    monkeypatch.setattr(client, "LINGER_SECONDS", 0.1)


def run(server, *, comings=100, seconds=SECONDS):
    async def window():
        now = time.monotonic_ns()
        return Window(now, now + int(seconds * 1e9))

    async def played():
        async with fake.running(server) as url:
            watches = [Watch(Seat(name, name), USERS) for name in ("w0", "w1")]
            return await play(Plan(url, [Seat(user, user) for user in USERS], watches, comings), window)

    return asyncio.run(played())


def faults(tally):
    return {"wrong": tally.wrong, "repeated": tally.repeated, "errors": tally.errors.total()}


# --- what the checks notice -------------------------------------------------------------------
def test_a_server_that_keeps_its_promises_has_no_faults():
    tally = run(fake_presence.Watched())
    assert faults(tally) == {"wrong": 0, "repeated": 0, "errors": 0}
    assert tally.came > 10
    assert 0 < tally.stayed < tally.came
    assert 0 < tally.shown.total() <= tally.items <= 2 * len(USERS)  # of who came before the window, too
    assert tally.welcome.total() == tally.came


async def lose(_server, _watcher, _item):
    pass


async def double(server, watcher, item):
    await fake_presence.tell(server, watcher, item)
    await fake_presence.tell(server, watcher, item)


async def tell_of_a_stranger(server, watcher, item):
    await fake_presence.tell(server, watcher, item)
    await fake_presence.tell(server, watcher, {**item, "user": "stranger"})


async def babble(_server, watcher, _item):
    await watcher.link.send('{"type":"presence","data":[]}')


async def close(_server, watcher, _item):
    await watcher.link.close(4009, "a gap")


@pytest.mark.parametrize(
    ("fault", "noticed"),
    [(lose, "wrong"), (double, "repeated"), (tell_of_a_stranger, "errors"), (babble, "errors"), (close, "errors")],
)
def test_a_fault_towards_one_watcher_is_noticed(fault, noticed):
    assert faults(run(fake_presence.Watched(fault)))[noticed] > 0


def test_a_watch_that_is_refused_is_an_error_and_leaves_all_unknown():
    tally = run(fake_presence.Watched(refuses=True))
    assert tally.errors == Counter({"error: denied": 2})
    assert tally.wrong == 2 * len(USERS)


def test_people_who_cannot_come_are_errors_and_the_run_goes_on():
    async def deaf(link):
        await (server.talk(link) if len(server.here) < 2 else link.close(4429, "too many"))

    async def played():
        async with fake.running(stub) as url:
            watches = [Watch(Seat(name, name), USERS) for name in ("w0", "w1")]
            return await play(Plan(url, [Seat(user, user) for user in USERS], watches, 50), window)

    async def window():
        now = time.monotonic_ns()
        return Window(now, now + int(SECONDS * 1e9))

    server = fake_presence.Watched()
    stub = type("Stub", (), {"talk": staticmethod(deaf)})()
    tally = asyncio.run(played())
    assert tally.came == 0
    assert set(tally.errors) == {"closed by the server: 4429"}


# --- how the people behave --------------------------------------------------------------------
def test_people_go_after_a_while_and_come_again(monkeypatch):
    monkeypatch.setattr(sockets, "STAY_SECONDS", (0.0, 0.1))
    server = fake_presence.Watched()
    tally = run(server, comings=300, seconds=1)
    assert tally.came > len(USERS)
    assert tally.went > len(USERS)
    assert server.most < len(USERS)
    assert not any(faults(tally).values())


def test_nobody_comes_twice_at_once():
    tally = run(fake_presence.Watched(), comings=2000)
    assert tally.came <= len(USERS)
    assert not any(faults(tally).values())


# --- what a watcher shows ---------------------------------------------------------------------
def shown(here, *moves):
    screen = Screen(["ann"], here)
    if here:
        screen.came("ann")
    return screen, [screen.take(move, now=100) for move in moves]


ONLINE, OFFLINE = Move("ann", online=True), Move("ann", online=False)


def test_what_is_shown_must_be_so():
    assert shown({"ann": 40}, ONLINE)[0].wrong() == 0
    assert shown({}, OFFLINE)[0].wrong() == 0
    assert shown({"ann": 40}, OFFLINE)[0].wrong() == 1
    assert shown({}, ONLINE)[0].wrong() == 1
    assert shown({})[0].wrong() == 1


def test_the_time_from_a_welcome_is_taken_once():
    assert shown({"ann": 40}, ONLINE, OFFLINE, ONLINE)[1] == [60, None, 60]
    assert shown({"ann": 40}, OFFLINE, ONLINE)[1] == [None, 60]
    assert shown({}, ONLINE)[1] == [None]


def test_who_goes_before_he_is_shown_is_not_waited_for():
    here = {"ann": 40}
    screen, _ = shown(here)
    del here["ann"]
    screen.went("ann")
    screen.went("ann")
    here["ann"] = 70
    screen.came("ann")
    assert screen.take(ONLINE, now=100) == 30
    assert screen.unseen == 1


def test_the_same_twice_is_repeated_but_not_a_newer_time():
    earlier, later = Move("ann", online=False, last_seen_at="1"), Move("ann", online=False, last_seen_at="2")
    assert shown({}, earlier, earlier)[0].faults["repeated"] == 1
    assert shown({}, ONLINE, ONLINE)[0].faults["repeated"] == 1
    assert shown({}, earlier, later, ONLINE)[0].faults["repeated"] == 0


# --- figures ----------------------------------------------------------------------------------
def test_each_person_is_watched_by_as_many_as_any_other():
    crowd = [Seat(user, user) for user in USERS]
    watches = scenario._watches([Seat("w", "w")] * 6, crowd, 20)
    counts = Counter(user for watch in watches for user in watch.users)
    assert set(counts.values()) == {2}
    assert len(counts) == len(USERS)


def test_frames_and_items_are_those_of_one_watcher_in_a_second():
    wanted = options.parse(["presence", "--watchers", "5", "--seconds", "10"])
    tally = Tally(came=30, went=10, frames=100, items=200, wrong=1)
    verdict = scenario.PRESENCE.verdict(wanted, Measured(tally, {"server": 3.0, "postgres": 1.0}, 0.0, 0.0))
    assert (verdict.figures["frames_per_watcher_s"], verdict.figures["items_per_watcher_s"]) == (2, 4)
    assert verdict.figures["moves_per_cpu_s"] == 10
    assert not verdict.is_clean
