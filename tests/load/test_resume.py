"""The scenario `resume`: what its checks notice, and how its devices behave."""

import asyncio
import json
import time
from collections import Counter

import pytest

from messaging.load import client, options
from messaging.load.conduct import Measured
from messaging.load.plan import Window
from messaging.load.resume import scenario
from messaging.load.resume.plan import Plan, Tally
from messaging.load.resume.play import play
from tests.load import fake
from tests.load.fake_resume import HEAD, MISSED, Store, returning

SECONDS = 0.3
NONE = {"lost": 0, "duplicated": 0, "reordered": 0, "wrong": 0, "errors": 0}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(client, "QUIET_SECONDS", 1)


def run(store, devices=None, *, at_once=2):
    async def window():
        now = time.monotonic_ns()
        return Window(now, now + int(SECONDS * 1e9))

    async def played():
        async with fake.running(store) as url:
            return await play(Plan(url, devices or some_devices(), at_once), window)

    return asyncio.run(played())


def some_devices():
    return [returning("ann", "a1", "a2"), returning("bob", "b1"), returning("eve", "e1", "e2")]


def verdict(tally):
    wanted = options.parse(["resume", "--seconds", "1"])
    return scenario.RESUME.verdict(wanted, Measured(tally, {"server": 1.5, "postgres": 0.5}, 0.0, 0.0))


# --- what the checks notice -------------------------------------------------------------------
def test_a_server_that_keeps_its_promises_has_no_faults():
    tally = run(Store())
    assert verdict(tally).faults == NONE
    assert verdict(tally).is_clean
    assert tally.resumed > 5
    assert tally.entries == pytest.approx(tally.resumed * MISSED * 5 / 3, rel=0.3)
    assert tally.welcome.total() == tally.caught_up.total() == tally.resumed


def test_pages_are_pulled_until_the_head():
    tally = run(Store(page=2))
    assert verdict(tally).faults == NONE
    assert tally.resumed > 5


def items(change):
    """A fault of the entries of a page."""
    return {"pulled": lambda data: {**data, "items": change(data["items"])}}


def heads(change):
    return {"welcomed": lambda data: {**data, "heads": change(data["heads"])}}


@pytest.mark.parametrize(
    ("fault", "noticed"),
    [
        (items(lambda found: found[:1] + found[2:]), "lost"),
        (items(lambda found: found[:-1]), "lost"),
        (items(lambda found: []), "lost"),
        (items(lambda found: [*found, found[-1]]), "duplicated"),
        (items(lambda found: [found[1], found[0], *found[2:]]), "reordered"),
        (items(lambda found: [{**each, "key": "another"} for each in found]), "errors"),
        (items(lambda found: [*found, {"rev": HEAD + 1, "key": "invented"}]), "errors"),
        ({"pulled": lambda data: {**data, "prev": data["prev"] - 1}}, "errors"),
        ({"pulled": lambda data: {**data, "conversation": "another"}}, "errors"),
        ({"pulled": lambda data: {**data, "items": "all"}}, "errors"),
        ({"closes": True}, "errors"),
        ({"closes": True}, "lost"),
        ({"pulled": lambda data: {**data, "head": HEAD - 1}}, "wrong"),
        (heads(lambda found: found[1:]), "wrong"),
        (heads(lambda found: found[1:]), "lost"),
        (heads(lambda found: [*found, found[0]]), "wrong"),
        (heads(lambda found: [*found, {"conversation": "quiet", "rev": 1}]), "wrong"),
        (heads(lambda found: [{**each, "rev": HEAD - 1} for each in found]), "wrong"),
        (heads(lambda found: [{**each, "peer_read": 3} for each in found]), "wrong"),
        ({"welcomed": lambda data: {**data, "left": ["quiet"]}}, "wrong"),
        ({"welcomed": lambda data: {**data, "more": True}}, "wrong"),
        ({"welcomed": lambda data: {**data, "reset": True}}, "wrong"),
    ],
)
def test_a_fault_is_noticed(fault, noticed):
    assert verdict(run(Store(**fault), at_once=1)).faults[noticed] > 0


def test_entries_in_another_order_are_not_lost():
    faults = verdict(run(Store(**items(lambda found: [found[1], found[0], *found[2:]])))).faults
    assert (faults["lost"], faults["duplicated"]) == (0, 0)


def test_nobody_to_come_back_to_is_an_error():
    async def window():
        now = time.monotonic_ns()
        return Window(now, now + int(SECONDS * 1e9))

    tally = asyncio.run(play(Plan("ws://127.0.0.1:1/", some_devices(), 1), window))
    assert tally.errors.total() > 0
    assert tally.resumed == 0
    assert not verdict(tally).is_clean


# --- how the devices behave -------------------------------------------------------------------
def test_all_come_back_in_turn_and_nobody_twice_at_once():
    store = Store()
    run(store, at_once=8)
    counts = Counter(each.user for each in store.clients)
    assert counts.keys() == {"ann", "bob", "eve"}
    assert max(counts.values()) - min(counts.values()) <= 3
    assert store.twice == 0


def test_what_has_come_is_acknowledged_before_the_device_goes():
    store = Store()
    run(store, [returning("ann", "a1")], at_once=1)
    assert {(each.frames, each.acked) for each in store.clients} == {(2, 2)}


def test_who_has_missed_nothing_is_done_when_welcome():
    tally = run(Store(), [returning("ann")])
    assert tally.resumed > 5
    assert tally.entries == 0
    assert verdict(tally).is_clean


def test_a_hello_says_what_the_device_has():
    said = json.loads(returning("ann", "a1").hello)["data"]
    assert said == {
        "token": "ann",
        "epoch": "e",
        "heads": {"a1": [HEAD - MISSED, 0, 4, 5], "quiet": [1, 0, None, None]},
    }


# --- figures ----------------------------------------------------------------------------------
def test_the_cost_is_that_of_server_and_database_for_one():
    figures = verdict(Tally(resumed=500)).figures
    assert (figures["cpu_ms_each"], figures["resumed_per_cpu_s"], figures["resumed_per_s"]) == (4, 250, 500)
    assert verdict(Tally()).figures["cpu_ms_each"] is None


@pytest.mark.parametrize("argument", ["--behind=201", "--conversations=1001", "--users=0"])
def test_arguments_that_make_no_sense_are_refused(argument):
    with pytest.raises(SystemExit):
        options.parse(["resume", argument])
