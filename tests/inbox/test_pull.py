"""A device that comes back hears from the inbox exactly what PostgreSQL would have said."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from imserver import database
from imserver.database import Query
from imserver.errors import DomainError
from inbox import queries as inbox_queries
from inbox import store
from inbox.store.mongo import Mongo, key
from messaging import actions, epochs, queries
from messaging.errors import NotAMember
from messaging.models import Conversation, Entry, Member
from messaging.queries import Page, Wanted
from messaging.rules import Role
from tests import make
from tests.events.conftest import relay_all
from tests.inbox.steps import edit, named, pulled, recall, talk
from tests.interrupted import interrupted
from tests.make import Person

Spelled = dict[str, Any]
pytestmark = pytest.mark.django_db
needs_mongo = pytest.mark.mongo


@pytest.fixture
def read(mongo: Mongo, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each pull, whether PostgreSQL's entries were left alone."""
    answered: list[bool] = []

    def note(*args: Any) -> Any:
        found = believed(*args)
        answered.append(found is not None)
        return found

    believed = inbox_queries._believed
    monkeypatch.setattr(inbox_queries, "_believed", note)
    return answered


def test_without_an_inbox_postgresql_answers(ann: Person, bob: Person, eve: Person) -> None:
    assert store.current() is None
    conversation = talk(ann, bob, 3)
    relay_all()
    assert len(pulled(ann, conversation).items) == 3
    with pytest.raises(NotAMember):
        pulled(eve, conversation)


@needs_mongo
def test_what_happened_comes_from_the_inbox(read: list[bool], ann: Person, bob: Person, eve: Person) -> None:
    conversation = talk(ann, bob, 9)
    edit(bob, conversation, 1, 'with \\",\\"changed_rev\\":5 in it')
    recall(ann, conversation, 2)
    relay_all()
    assert [len(pulled(ann, conversation, after).items) for after in (0, 4, 10)] == [11, 7, 1]
    assert len(pulled(bob, conversation, 3, limit=5).items) == 5
    assert read == [True] * 4
    assert pulled(bob, conversation, 11).items == []
    with pytest.raises(NotAMember):
        pulled(eve, conversation)


@needs_mongo
def test_who_goes_while_he_pulls_hears_nothing(read: list[bool], ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    make.message(ann, group, "for both")

    def happens() -> None:
        actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
        edit(ann, group, 1, "for the others")
        relay_all()

    relay_all()
    wanted = [Wanted(person.id, group, 0, 200) for person in (bob, ann)]
    his, hers = interrupted(inbox_queries.pulls(wanted), happens)
    assert his is None
    assert hers
    assert read == [True, True]


@needs_mongo
def test_a_page_is_cut_where_a_frame_is_full(read: list[bool], ann: Person, bob: Person, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "window_bytes": 1000}
    conversation = talk(ann, bob, 9)
    relay_all()
    assert 0 < len(pulled(ann, conversation).items) < 9
    assert read == [True]


def begins(person: Person, group: UUID) -> int:
    """The rev after which this person sees a group."""
    return Member.objects.get(conversation_id=group, user_id=person.id).from_rev


@needs_mongo
def test_a_newcomer_is_told_no_state_from_before_his_time(
    read: list[bool], ann: Person, bob: Person, eve: Person
) -> None:
    group = make.group(ann, bob)
    make.message(ann, group, "before")
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    edit(ann, group, 1, "still before")
    make.message(ann, group, "after")
    relay_all()
    [joined, edited, sent] = pulled(eve, group, begins(eve, group)).items[-3:]
    assert b"before" not in joined + edited
    assert b"after" in sent
    assert b"still before" in pulled(bob, group).items[-2]
    assert all(read)


@needs_mongo
def test_who_asks_for_what_was_before_his_time_is_told_where_it_begins(
    read: list[bool], ann: Person, bob: Person, eve: Person
) -> None:
    group = make.group(ann, bob)
    make.message(ann, group, "before")
    for _ in range(2):
        actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
        make.message(ann, group, "during")
        relay_all()
        found = pulled(eve, group, 1)
        assert (found.reset, found.prev) == (True, begins(eve, group))
        assert not any(b"before" in item for item in found.items)
        actions.remove_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
        make.message(ann, group, "before he came back")
    relay_all()
    assert pulled(bob, group, 1).reset is False
    assert read == [True]


@needs_mongo
def test_what_is_gone_for_one_alone_is_gone_from_the_inbox_for_him(read: list[bool], ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 5)
    edit(bob, conversation, 1, "number 0, better")
    edit(bob, conversation, 3, "number 2, better")
    actions.hide(user_id=ann.id, conversation_id=conversation, seq=3)
    actions.clear(user_id=ann.id, conversation_id=conversation, before_seq=2)
    relay_all()
    items = [json.loads(item) for item in pulled(ann, conversation).items]
    assert [one.get("hidden", False) for one in items] == [True, True, True, False, False, False, False]
    assert [one["content"] for one in items[:3]] == [None] * 3
    assert ["state" in one for one in items[5:]] == [False, False]
    assert b"better" in b"".join(pulled(bob, conversation).items)
    assert all(read)


@needs_mongo
def test_one_who_asks_for_less_than_he_may_see_is_told_to_start_anew(
    read: list[bool], ann: Person, bob: Person
) -> None:
    conversation = talk(ann, bob, 3)
    relay_all()
    assert pulled(ann, conversation, 99).reset
    assert read == []


@needs_mongo
def test_what_the_inbox_lacks_comes_from_postgresql(read: list[bool], mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 5)
    relay_all()
    mongo._entries.delete_one(named(mongo, 3))
    assert len(pulled(ann, conversation).items) == 5
    assert len(pulled(ann, conversation, 3).items) == 2
    make.message(ann, conversation, "not relayed yet")
    assert len(pulled(ann, conversation, 3).items) == 3
    assert read == [False, True, False]


@needs_mongo
def test_a_change_whose_target_has_gone_comes_from_postgresql(
    read: list[bool], mongo: Mongo, ann: Person, bob: Person
) -> None:
    conversation = talk(ann, bob, 2)
    edit(bob, conversation, 1, "better")
    relay_all()
    mongo._entries.delete_one(named(mongo, 1))
    assert len(pulled(ann, conversation, 2).items) == 1
    assert read == [False]


@needs_mongo
def test_a_recall_that_the_inbox_does_not_know_yet_is_obeyed(read: list[bool], ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 4)
    make.message(ann, conversation, "a secret")
    relay_all()
    recall(ann, conversation, 5)
    found = pulled(bob, conversation, 0, limit=5)
    assert not any(b"a secret" in item for item in found.items)
    assert read == [False]


@needs_mongo
def test_another_life_of_the_database_is_not_believed(read: list[bool], ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 3)
    relay_all()
    database.run(epochs.renew())
    assert len(pulled(ann, conversation).items) == 3
    make.message(ann, conversation, "in the new life")
    relay_all()
    assert len(pulled(ann, conversation).items) == 4
    assert len(pulled(ann, conversation, 3).items) == 1
    assert read == [False, False, True]


@needs_mongo
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_history_is_told_alike(mongo: Mongo, ann: Person, bob: Person, data: st.DataObject) -> None:
    del mongo
    group = make.group(ann, bob)
    steps = st.lists(st.sampled_from(["say", "say", *STEPS]), max_size=12)
    for step in ["say", *data.draw(steps)]:
        said = max(Conversation.objects.get(id=group).seq, 1)
        actor = bob if step in ("hide", "clear", "leave") else ann
        with suppress(DomainError):
            STEPS[step](actor, group, data.draw(st.integers(1, said)))
        limit = data.draw(st.integers(1, 8))
        heard = list(learned(inbox_queries.pull, bob, group, limit))
        truth = final(learned(queries.pull, bob, group, limit))
        assert final(heard) == truth
        # An edit that is not relayed yet may be heard later; a recall may not.
        assert all(one["content"] is None for one in heard if truth[one["rev"]]["content"] is None)
    relay_all()
    head = Conversation.objects.get(id=group).rev
    for person in (ann, bob):
        pulled(person, group, data.draw(st.integers(0, head)), data.draw(st.integers(1, 8)))
        pulled(person, group)


def learned(pull: Callable[..., Query[Page]], person: Person, conversation: UUID, limit: int) -> Iterator[Spelled]:
    """Whatever a device with nothing hears until it has everything."""
    page, after = database.run(pull(person.id, conversation, 0, limit)), 0
    while page.items:
        for item in map(json.loads, page.items):
            after = item["rev"]
            yield from (item, item.pop("state", item))
        page = database.run(pull(person.id, conversation, after, limit))


def come_back(person: Person, group: UUID) -> None:
    owner = Member.objects.get(conversation_id=group, role=Role.OWNER).user_id
    actions.remove_members(conversation_id=group, user_ids=[person.id], by=owner)
    actions.add_members(conversation_id=group, user_ids=[person.id], by=owner)


def final(heard: Iterable[Spelled]) -> dict[int, Spelled]:
    """What shows in the end. Of what is hidden nothing shows, so when it changed last need not be told."""
    states = {one["rev"]: one for one in sorted(heard, key=lambda one: one["changed_rev"])}
    return {rev: {**one, "changed_rev": 0} if one.get("hidden") else one for rev, one in states.items()}


STEPS: dict[str, Callable[[Person, UUID, int], object]] = {
    "say": lambda person, group, seq: make.message(person, group, f"after {seq}"),
    "edit": lambda person, group, seq: edit(person, group, seq, f"edit of {seq}"),
    "recall": recall,
    "react": lambda person, group, seq: actions.react(
        user_id=person.id, conversation_id=group, seq=seq, text="👍", now=timezone.now()
    ),
    "pin": lambda person, group, seq: actions.pin(
        user_id=person.id, conversation_id=group, seq=seq, pinned=True, now=timezone.now()
    ),
    "hide": lambda person, group, seq: actions.hide(user_id=person.id, conversation_id=group, seq=seq),
    "clear": lambda person, group, seq: actions.clear(user_id=person.id, conversation_id=group, before_seq=seq),
    "leave": lambda person, group, _: come_back(person, group),
    "relay": lambda *_: relay_all(),
}


@needs_mongo
def test_old_entries_are_not_kept(read: list[bool], mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 2)
    entry = Entry.objects.filter(conversation_id=conversation)
    entry.update(created_at=timezone.now() - timedelta(days=31))
    make.message(ann, conversation, "new")
    relay_all()
    assert mongo._entries.count_documents({}) == 1
    assert len(pulled(ann, conversation, 2).items) == 1
    assert len(pulled(ann, conversation).items) == 3
    assert read == [True, False]


@needs_mongo
def test_many_pulls_are_answered_together_each_from_where_it_is_sure(
    read: list[bool], mongo: Mongo, ann: Person, bob: Person, eve: Person
) -> None:
    direct, group, holed = talk(ann, bob, 3), make.group(ann, bob, eve), make.group(bob, eve)
    for place in (group, group, holed, holed):
        make.message(bob, place)
    edit(bob, direct, 1, "better")
    actions.hide(user_id=eve.id, conversation_id=group, seq=1)
    relay_all()
    make.message(bob, direct, "not relayed yet")
    mongo._entries.delete_one({"_id": key(database.run(epochs.current()), holed, 2)})
    wanted = [
        Wanted(person.id, place, after, 200)
        for person in (ann, bob, eve)
        for place in (direct, group, holed)
        for after in (0, 1, 2)
    ]
    found = database.run(inbox_queries.pulls(wanted))
    assert found == database.run(queries.pulls(wanted))
    assert found.count(None) == 6
    assert True in read
    assert False in read


@needs_mongo
def test_what_was_read_before_an_outage_counts(
    read: list[bool], mongo: Mongo, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [talk(ann, bob, 2), *(make.group(ann, bob) for _ in range(3))]
    relay_all()
    asked: list[UUID] = []
    between = mongo.between

    def breaks_on_the_third(epoch: UUID, conversation: UUID, after: int, upto: int) -> Any:
        asked.append(conversation)
        if len(asked) > 2:
            raise AutoReconnect("gone")
        return between(epoch, conversation, after, upto)

    monkeypatch.setattr(mongo, "between", breaks_on_the_third)
    wanted = [Wanted(ann.id, place, 0, 200) for place in places]
    assert database.run(inbox_queries.pulls(wanted)) == database.run(queries.pulls(wanted))
    assert read == [True, True, False, False]
    assert len(asked) == 3, "what does not answer is left alone"
    database.run(inbox_queries.pulls(wanted))
    assert len(asked) == 3
