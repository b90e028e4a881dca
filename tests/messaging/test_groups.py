"""Groups as far as code opens them: who is in, what they see, and what their own logs say."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from imserver.ids import uuid7
from messaging import actions, errors, log, rules
from messaging.models import Conversation, Entry, Member
from messaging.rules import Role
from messaging.writes import Note
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


def own_log(person: Person) -> list[tuple[str, str]]:
    """(kind, conversation) of what concerns only this person."""
    entries = Entry.objects.filter(conversation_id=rules.pair(person.id, person.id)).order_by("rev")
    return [(entry.kind_name, json.loads(entry.content or "{}")["conversation"]) for entry in entries]


def notices(group: UUID) -> list[tuple[str, Any]]:
    entries = Entry.objects.filter(conversation_id=group, seq=None).order_by("rev")
    return [(entry.kind_name, json.loads(entry.content or "{}")) for entry in entries]


def test_a_new_group_is_there_for_all_its_members(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob, title="Club")
    assert notices(group) == [("group.updated", {"title": "Club"})]
    for person, role in ((ann, Role.OWNER), (bob, Role.MEMBER)):
        assert own_log(person) == [("conversation.joined", str(group))]
        assert Member.objects.get(user_id=person.id, conversation_id=group).role == role
        [head] = [one for one in Door(person).heads() if one["conversation"] == str(group)]
        assert (head["kind"], head["title"], head["rev"], head["unread"]) == ("group", "Club", 1, 0)
    assert Conversation.objects.get(id=group).members == 2


def test_the_owner_is_in_the_group_once(ann: Person, bob: Person) -> None:
    group = make.group(ann, ann, bob, bob)
    assert Conversation.objects.get(id=group).members == Member.objects.filter(conversation_id=group).count() == 2


def test_who_joins_later_sees_what_comes_from_then_on(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob)
    Door(ann).send(group, "before")
    assert actions.add_members(conversation_id=group, user_ids=[eve.id, bob.id, eve.id], by=ann.id) == [eve.id]
    Door(ann).send(group, "after")
    row = Member.objects.get(user_id=eve.id, conversation_id=group)
    assert (row.from_rev, row.from_seq, row.role) == (2, 1, Role.MEMBER)
    assert Door(eve).texts(group) == ["after"]
    assert Door(eve).head(group)["unread"] == 1
    assert own_log(eve) == [("conversation.joined", str(group))]
    assert notices(group)[1:] == [("member.joined", {"user": str(eve.id)})]
    assert Conversation.objects.get(id=group).members == 3


def test_who_is_removed_hears_it_in_his_own_log_and_comes_back_as_new(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    Door(bob).send(group, "mine")
    assert actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id) == [bob.id]
    assert actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id) == []
    Door(ann).send(group, "without him")
    actions.add_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    assert [kind for kind, _ in own_log(bob)] == ["conversation.joined", "conversation.left", "conversation.joined"]
    assert [kind for kind, _ in notices(group)] == ["group.updated", "member.left", "member.joined"]
    assert Door(bob).texts(group) == []
    assert Door(bob).head(group)["unread"] == 0
    assert Conversation.objects.get(id=group).members == 2


def test_nobody_joins_above_the_limit(ann: Person, bob: Person, eve: Person, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "group_members": 2}
    with pytest.raises(errors.GroupFull):
        make.group(ann, bob, eve)
    group = make.group(ann, bob)
    with pytest.raises(errors.GroupFull):
        actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    assert actions.add_members(conversation_id=group, user_ids=[bob.id], by=ann.id) == []
    assert own_log(eve) == []


def test_only_people_who_are_there_join(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    with pytest.raises(errors.UserNotFound):
        actions.add_members(conversation_id=group, user_ids=[uuid7()], by=ann.id)
    with pytest.raises(errors.UserNotFound):
        actions.open_group(title="x", owner_id=ann.id, member_ids=[uuid7()])


def test_a_direct_conversation_takes_nobody_else(ann: Person, bob: Person, eve: Person) -> None:
    conversation = make.direct(ann, bob)
    for change in (actions.add_members, actions.remove_members):
        with pytest.raises(errors.NotAMember):
            change(conversation_id=conversation, user_ids=[eve.id], by=ann.id)
    assert set(Member.objects.filter(conversation_id=conversation).values_list("user_id", flat=True)) == {
        ann.id,
        bob.id,
    }


def test_notices_are_read_by_nobody_as_unread(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob)
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    head = Door(bob).head(group)
    assert (head["rev"], head["seq"], head["unread"]) == (2, 0, 0)
    assert "last" not in head


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_recorded_only_with_the_change_it_describes(ann: Person, bob: Person) -> None:
    note = Note(make.group(ann, bob), "group.updated", ann.id)
    with pytest.raises(RuntimeError):
        log.record([note])
    with transaction.atomic():
        assert log.record([note, note]) == [2, 3]
        assert log.record([]) == []
