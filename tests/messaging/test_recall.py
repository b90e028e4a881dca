from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from messaging import actions, errors
from messaging.models import Conversation, Entry, Member, Mention, Reaction, Revision
from messaging.rules import Role
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


def recall(person: Person, conversation: UUID, seq: int, **later: float) -> int:
    now = timezone.now() + timedelta(**later)
    return actions.recall(user_id=person.id, conversation_id=conversation, seq=seq, now=now)


def test_a_recall_leaves_a_stub_that_says_who_and_when(ann: Person, bob: Person) -> None:
    group, door = make.group(ann, bob), Door(bob)
    door.send(group, "sorry", mentions=[str(ann.id)])
    stub = Door(ann).recall(group, 1)
    assert (stub["seq"], stub["rev"], stub["changed_rev"], stub["content"]) == (1, 2, 3, None)
    assert (stub["sender"], stub["recalled"]["by"]) == (str(bob.id), str(ann.id))
    assert stub["recalled"]["at"] >= stub["created_at"]
    assert "mentions" not in stub
    change = door.pull(group, after_rev=2)["items"][0]
    assert (change["kind"], change["sender"], change["target"], change["state"]) == ("recall", str(ann.id), 1, stub)
    assert door.said(group) == [stub]
    assert door.head(group)["last"] == stub


def test_a_recall_blanks_the_text_everywhere_that_members_see(ann: Person, bob: Person) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation, "secret one", mentions=[str(bob.id)])
    door.edit(conversation, 1, "secret two")
    Reaction.objects.create(conversation_id=conversation, seq=1, user_id=bob.id, emoji="👍")
    door.recall(conversation, 1)
    for person in (ann, bob):
        seen = [Door(person).pull(conversation, after_rev=0), Door(person).said(conversation), Door(person).heads()]
        assert "secret" not in repr(seen)
    assert not Mention.objects.filter(conversation_id=conversation).exists()
    assert not Reaction.objects.filter(conversation_id=conversation).exists()
    assert Entry.objects.get(conversation_id=conversation, seq=1).mentions is None
    assert Revision.objects.filter(conversation_id=conversation).count() == 1, "staff still see what was edited"
    assert Conversation.objects.get(id=conversation).blanked_rev == 3


def test_a_recalled_message_counts_neither_as_unread_nor_as_a_mention(ann: Person, bob: Person) -> None:
    group, door = make.group(ann, bob), Door(bob)
    for _ in range(3):
        Door(ann).send(group, mentions=[str(bob.id)])
    Door(ann).recall(group, 2)
    assert (door.head(group)["unread"], door.head(group)["mentions"]) == (2, 2)
    door.mark(group, 1)
    assert door.head(group)["unread"] == 1
    door.mark(group, 2)
    assert door.head(group)["unread"] == 1
    Door(ann).recall(group, 1)
    assert (door.head(group)["unread"], door.head(group)["mentions"]) == (1, 1)


def test_a_recall_is_final(ann: Person, bob: Person) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation)
    door.recall(conversation, 1)
    assert door.recall(conversation, 1, status=409)["code"] == "recalled"
    assert Conversation.objects.get(id=conversation).rev == 2


def test_an_own_message_is_recalled_for_24_hours(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation)
    make.message(ann, conversation)
    recall(ann, conversation, 1, hours=23, minutes=59)
    with pytest.raises(errors.TooLate):
        recall(ann, conversation, 2, hours=24, minutes=1)


def test_admins_recall_others_messages_without_limit(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob, eve)
    make.message(bob, group)
    with pytest.raises(errors.NotYours):
        recall(eve, group, 1)
    recall(ann, group, 1, days=400)
    assert Door(bob).texts(group) == [None]


def test_an_admin_recalls_what_anybody_wrote(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob, eve)
    Member.objects.filter(conversation_id=group, user_id=eve.id).update(role=Role.ADMIN)
    for author in (ann, bob):
        make.message(author, group)
    for seq in (1, 2):
        recall(eve, group, seq, days=400)
    assert Door(bob).texts(group) == [None, None]


def test_nobody_recalls_the_others_message_in_a_direct_conversation(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    make.message(bob, conversation)
    assert Door(ann).recall(conversation, 1, status=403)["code"] == "not_yours"


def test_who_may_not_write_may_still_take_back(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation)
    actions.deny(conversation_id=conversation, user_id=ann.id, policies=2, denied=2)
    assert Door(ann).recall(conversation, 1)["recalled"]["by"] == str(ann.id)


def test_what_is_not_there_is_not_recalled(ann: Person, bob: Person, eve: Person) -> None:
    group, door = make.group(ann, bob), Door(ann)
    make.message(ann, group)
    for seq in (0, 2, 2**62, 2**63, 2**80):
        assert door.recall(group, seq, status=404)["code"] in ("message_not_found", "not_found")
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    assert Door(eve).recall(group, 1, status=404)["code"] == "message_not_found"


def test_the_key_of_a_recalled_message_still_answers_a_retry(ann: Person, bob: Person) -> None:
    conversation, key = make.direct(ann, bob), "0190b3c4-1111-4222-8333-444455556666"
    first = Door(ann).send(conversation, key=key)
    Door(ann).recall(conversation, 1)
    assert Door(ann).send(conversation, key=key, status=200) == {**first, "duplicate": True}
    assert Door(bob).texts(conversation) == [None]
