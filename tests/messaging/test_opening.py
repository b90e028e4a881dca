"""Opening a direct conversation shows it to nobody else, through no door, before something was said in it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from friends import actions as friends
from imserver.ids import uuid7
from messaging import actions, rules
from messaging.models import Conversation, Member
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


def test_opening_a_direct_conversation_shows_it_to_nobody_before_its_first_message(ann: Person, bob: Person) -> None:
    opened = Door(ann).post("/v1/conversations", {"user": str(bob.id)})
    assert opened["conversation"] == str(rules.pair(ann.id, bob.id))
    assert (opened["kind"], opened["rev"], opened["peer"]["username"]) == ("direct", 0, bob.username)
    assert Door(ann).heads() == Door(bob).heads() == []
    assert Door(bob).sync({})["heads"] == []
    Door(ann).send(opened["conversation"])
    for person, peer in ((ann, bob), (bob, ann)):
        [head] = Door(person).heads()
        assert (head["conversation"], head["peer"]["id"]) == (opened["conversation"], str(peer.id))
    assert Door(bob).post("/v1/conversations", {"user": str(ann.id)})["conversation"] == opened["conversation"]


def test_before_the_first_message_the_other_cannot_tell_that_it_was_opened(ann: Person, bob: Person) -> None:
    conversation = rules.pair(ann.id, bob.id)
    nothing = Door(bob).turned_away(conversation)
    Door(ann).post("/v1/conversations", {"user": str(bob.id)})
    assert Door(bob).turned_away(conversation) == nothing
    assert {one["code"] for one in nothing} == {"not_a_member"}
    assert Door(bob).sync({str(conversation): [0]})["left"] == [str(conversation)]
    assert Door(ann).sync({str(conversation): [0]})["left"] == []
    assert Door(ann).head(conversation)["rev"] == 0
    Door(ann).call("PATCH", f"/v1/conversations/{conversation}/settings", {"notify": "nothing"}, status=200)
    Door(ann).send(conversation)
    assert Door(bob).texts(conversation) == ["hello"]
    assert Door(bob).sync({str(conversation): [1]})["left"] == []


def test_a_head_does_not_say_when_the_other_opened_it_or_blocked_one(ann: Person, bob: Person, eve: Person) -> None:
    Door(ann).post("/v1/conversations", {"user": str(bob.id)})
    friends.block(user_id=eve.id, other_id=bob.id, now=timezone.now())
    long_ago = timezone.now() - timedelta(days=3)
    Conversation.objects.update(said_at=long_ago, last_at=long_ago)
    Member.objects.update(joined_at=long_ago)
    for person in (ann, eve):
        for _ in range(2):
            opened = Door(bob).post("/v1/conversations", {"user": str(person.id)})
            assert opened["last_at"] > f"{timezone.now() - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}"
    assert Door(ann).head(rules.pair(ann.id, bob.id))["last_at"] < f"{timezone.now() - timedelta(days=2):%Y-%m-%d}"


def test_a_call_shows_where_it_rings(ann: Person, bob: Person) -> None:
    conversation = actions.open_direct(user_id=ann.id, other_id=bob.id)
    caller = actions.Party(ann.id, ann.device)
    long_ago = timezone.now() - timedelta(days=1)
    Member.objects.filter(conversation_id=conversation).update(joined_at=long_ago)
    actions.ring(call_id=uuid7(), caller=caller, conversation_id=conversation, media="audio", now=timezone.now())
    head = Door(bob).head(conversation)
    assert head["peer"]["username"] == ann.username
    assert datetime.fromisoformat(head["last_at"]) > long_ago + timedelta(hours=1), "not when she opened it"


def test_a_block_is_not_seen_by_the_conversation_that_carries_it(ann: Person, bob: Person) -> None:
    conversation = rules.pair(ann.id, bob.id)
    nothing = Door(bob).turned_away(conversation)
    friends.block(user_id=ann.id, other_id=bob.id, now=timezone.now())
    assert Door(bob).turned_away(conversation) == nothing


def test_who_opens_what_the_other_opened_too_writes_in_it(ann: Person, bob: Person) -> None:
    for one, other in ((ann, bob), (bob, ann)):
        conversation = actions.open_direct(user_id=one.id, other_id=other.id)
    Door(bob).send(conversation, "first")
    Door(ann).send(conversation, "second")
    assert sorted(Door(ann).texts(conversation)) == ["first", "second"]


def test_notes_to_oneself_are_there_from_the_beginning(ann: Person) -> None:
    notes = actions.open_direct(user_id=ann.id, other_id=ann.id)
    assert Door(ann).head(notes)["kind"] == "self"
    assert make.message(ann, notes).seq == 1
