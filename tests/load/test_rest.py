"""The scenarios over HTTP: what their checks notice, and how those who ask behave."""

import asyncio
import time
from collections import Counter

import pytest

from messaging.load import options
from messaging.load.plan import Window
from messaging.load.rest import scenario
from messaging.load.rest.callers import Lister, Reader, Writer
from messaging.load.rest.plan import Plan
from messaging.load.rest.play import play
from tests.load.fake_rest import LAST, Api, running

SECONDS = 0.3
USERS = ("ann", "bob", "eve")


def listers():
    return [Lister(user, {"a": 6, "b": 6}) for user in USERS]


def readers():
    return [Reader(user, "long", LAST) for user in USERS]


def writers():
    return [Writer(user, f"of-{user}", 0, 20) for user in USERS]


def run(api, callers, *, at_once=2):
    async def window():
        now = time.monotonic_ns()
        return Window(now, now + int(SECONDS * 1e9))

    async def played():
        async with running(api) as url:
            return await play(Plan(url, callers, at_once), window)

    return asyncio.run(played())


def faults(tally, stored):
    return {**scenario.against(tally.wrote, stored), "wrong": tally.wrong, "errors": tally.errors.total()}


NONE = {"lost": 0, "duplicated": 0, "wrong": 0, "errors": 0}


# --- what the checks notice -------------------------------------------------------------------
@pytest.mark.parametrize("callers", [listers, readers, writers])
def test_a_server_that_keeps_its_promises_has_no_faults(callers):
    api = Api()
    tally = run(api, callers())
    assert faults(tally, api.revs) == NONE
    assert tally.answered > 5
    assert tally.answer.total() == tally.answered


def items(change):
    return lambda body: {**body, "items": change(body["items"])}


@pytest.mark.parametrize(
    ("callers", "api", "noticed"),
    [
        (listers, Api(items(lambda found: found[1:])), "wrong"),
        (listers, Api(items(lambda found: [found[0], found[0]])), "wrong"),
        (listers, Api(items(lambda found: [{**each, "rev": 5} for each in found])), "wrong"),
        (listers, Api(items(lambda found: [*found, {"conversation": "another", "rev": 6}])), "wrong"),
        (readers, Api(items(lambda found: found[1:])), "wrong"),
        (readers, Api(items(lambda found: found[::-1])), "wrong"),
        (readers, Api(items(lambda found: [])), "wrong"),
        (writers, Api(lambda body: {**body, "rev": body["rev"] + 1}), "wrong"),
        (writers, Api(status=200), "errors"),
        (listers, Api(status=500), "errors"),
        (listers, Api(garbles=True), "errors"),
        (readers, Api(lambda body: {"items": None}), "errors"),
        (listers, Api(drops=True), "errors"),
    ],
)
def test_a_fault_is_noticed(callers, api, noticed):
    tally = run(api, callers(), at_once=1)
    assert faults(tally, api.revs)[noticed] > 0
    assert tally.answered == 0


def test_what_is_acknowledged_and_not_stored_is_lost_and_the_other_way_round_doubled():
    wrote = Counter({"a": 3, "b": 2})
    assert scenario.against(wrote, Counter({"a": 2, "b": 2})) == {"lost": 1, "duplicated": 0}
    assert scenario.against(wrote, Counter({"a": 3, "b": 4})) == {"lost": 0, "duplicated": 2}


# --- how they behave --------------------------------------------------------------------------
def test_all_ask_in_turn_and_nobody_twice_at_once():
    api = Api()
    run(api, listers(), at_once=8)
    assert len(api.callers) == len(USERS)
    assert max(api.callers.values()) - min(api.callers.values()) <= 3
    assert api.most == 1


def test_pages_are_read_everywhere_in_the_conversation():
    reader = Reader("ann", "long", LAST)
    befores = {reader.ask() and reader.before for _ in range(1000)}
    assert befores == {*range(51, LAST + 2)}


def test_the_longest_conversation_is_as_long_as_one_says_and_has_a_page_at_least():
    assert options.parse(["rest-history", "--history", "1000000"]).history == 1_000_000
    with pytest.raises(SystemExit):
        options.parse(["rest-history", "--history", "49"])
