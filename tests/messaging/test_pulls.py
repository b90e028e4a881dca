"""Pulls of many, answered together: each hears what he would have heard alone."""

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from imserver import database
from imserver.database import Query
from imserver.ids import uuid7
from messaging import actions
from messaging.errors import MessageNotFound, NotAMember
from messaging.queries import Page, Wanted, history, later, message, pinned, pull, pulls, reactors
from messaging.queries.pulling import merged
from messaging.queries.rows import Span
from messaging.rules import NIL
from tests import make
from tests.inbox.steps import edit, recall, talk
from tests.interrupted import interrupted
from tests.make import Person

pytestmark = pytest.mark.django_db


def alone(one: Wanted) -> Page | None:
    try:
        return database.run(pull(*one))
    except NotAMember:
        return None


def wishes(ann: Person, bob: Person, eve: Person) -> Iterator[Wanted]:
    """Of two who talk, of a group with a newcomer who came twice, of what some do not see, and of what is not there."""
    direct, group = talk(ann, bob, 6), make.group(ann, bob)
    edit(ann, direct, 2, "better")
    recall(ann, direct, 4)
    actions.hide(user_id=ann.id, conversation_id=direct, seq=3)
    actions.clear(user_id=bob.id, conversation_id=direct, before_seq=2)
    for text in ("before", "during"):
        make.message(ann, group, text)
        actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    edit(ann, group, 1, "edited before")
    edit(ann, group, 2, "edited during")
    actions.hide(user_id=eve.id, conversation_id=group, seq=2)
    for person, place in product((ann, bob, eve), (direct, group, uuid7())):
        for after, limit in ((0, 200), (0, 2), (1, 1), (3, 2), (99, 5)):
            yield Wanted(person.id, place, after, limit)


def test_many_hear_what_each_would_hear_alone(ann: Person, bob: Person, eve: Person) -> None:
    wanted = list(wishes(ann, bob, eve))
    found = database.run(pulls([*wanted, wanted[0]]))
    assert found == [*map(alone, wanted), alone(wanted[0])]
    assert found.count(None) == 20
    assert any(page and page.reset for page in found)


def test_what_is_read_at_once_is_limited(
    monkeypatch: pytest.MonkeyPatch, ann: Person, bob: Person, eve: Person
) -> None:
    wanted = list(wishes(ann, bob, eve))
    found = database.run(pulls(wanted))
    monkeypatch.setattr("messaging.queries.pulling._PORTION", 3)
    with CaptureQueriesContext(connection) as asked:
        assert database.run(pulls(wanted)) == found
    assert len(asked) > 20


def test_however_many_ask_the_queries_are_the_same(ann: Person, bob: Person, eve: Person) -> None:
    counts = []
    for others in (1, 12):
        places = [make.group(ann, bob, eve) for _ in range(others)]
        for place in places:
            make.message(ann, place)
            edit(ann, place, 1, "better")
        wanted = [Wanted(person.id, place, 0, 200) for person in (ann, bob, eve) for place in places]
        with CaptureQueriesContext(connection) as asked:
            found = database.run(pulls(wanted))
        assert all(page and len(page.items) == 3 for page in found)
        counts.append(len(asked))
    assert counts == [4, 4]


def test_who_asks_for_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert database.run(pulls([])) == []
    assert not asked


@pytest.fixture
def group(ann: Person, bob: Person) -> UUID:
    made = make.group(ann, bob)
    make.message(ann, made, "for both")
    return made


def goes(ann: Person, bob: Person, group: UUID) -> None:
    """And what is said then is not for him."""
    actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    make.message(ann, group, "without him")
    edit(ann, group, 1, "for the others")


def test_who_goes_while_he_pulls_hears_nothing(group: UUID, ann: Person, bob: Person) -> None:
    wanted = [Wanted(person.id, group, 0, 200) for person in (bob, ann)]
    his, hers = interrupted(pulls(wanted), lambda: goes(ann, bob, group))
    assert his is None
    assert hers


def test_who_goes_and_comes_back_while_he_pulls_begins_where_he_came_back(
    group: UUID, ann: Person, bob: Person
) -> None:
    def happens() -> None:
        goes(ann, bob, group)
        actions.add_members(conversation_id=group, user_ids=[bob.id], by=ann.id)

    [page] = interrupted(pulls([Wanted(bob.id, group, 0, 200)]), happens)
    assert page
    assert (page.prev, page.reset, page.items) == (5, True, [])
    again = database.run(pull(bob.id, group, page.prev, 200))
    assert ([b"member.joined" in item for item in again.items], again.reset) == ([True], False)


READS: dict[str, Callable[[UUID, UUID], Query[Any]]] = {
    "history": lambda user, group: history(user, group, None, 200),
    "before": lambda user, group: history(user, group, 1_000, 200),
    "later": lambda user, group: later(user, group, 0, 200),
    "pins": pinned,
    "reactions": lambda user, group: reactors(user, group, 1, "👍", NIL, 20),
}


@pytest.mark.parametrize("name", READS)
def test_who_goes_while_he_reads_is_told_nothing_of_later(name: str, group: UUID, ann: Person, bob: Person) -> None:
    noted = {"user_id": ann.id, "conversation_id": group, "seq": 1, "now": timezone.now()}
    actions.pin(**noted, pinned=True)
    actions.react(**noted, text="👍")
    assert database.run(READS[name](bob.id, group)) not in ([], ([], True))
    found = interrupted(READS[name](bob.id, group), lambda: goes(ann, bob, group))
    assert found in ([], ([], True))


def test_who_goes_while_he_asks_for_a_message_does_not_get_it(group: UUID, ann: Person, bob: Person) -> None:
    with pytest.raises(MessageNotFound):
        interrupted(message(bob.id, group, 1), lambda: goes(ann, bob, group))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 30), st.integers(0, 8)), max_size=12))
def test_spans_that_touch_are_read_as_one(raw: list[tuple[int, int, int]]) -> None:
    places = [uuid7() for _ in range(3)]
    spans = [(places[i], first, first + length) for i, first, length in raw]
    found = list(merged(spans))
    assert revs(found) == sorted(set(revs(spans)))
    assert all(one[0] != other[0] or one[2] + 1 < other[1] for one, other in pairwise(found))


def revs(spans: list[Span]) -> list[tuple[UUID, int]]:
    return sorted((place, rev) for place, first, last in spans for rev in range(first, last + 1))
