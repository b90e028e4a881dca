import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from imserver.ids import uuid7
from messaging import actions, rules
from messaging.models import Conversation, Entry, Member, Mention, Sent
from messaging.rules import NIL, Role
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


def member(person: Person, conversation: uuid.UUID, **changed: Any) -> None:
    Member.objects.filter(user_id=person.id, conversation_id=conversation).update(**changed)


def test_a_message_gets_the_next_place(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    first, second = Door(ann).send(conversation), Door(bob).send(conversation)
    assert (first["conversation"], first["rev"], first["prev"], first["seq"]) == (str(conversation), 1, 0, 1)
    assert (second["rev"], second["prev"], second["seq"], second["duplicate"]) == (2, 1, 2, False)
    assert second["created_at"] >= first["created_at"]


def test_a_retry_returns_the_first_message(ann: Person, bob: Person) -> None:
    conversation, key = make.direct(ann, bob), str(uuid7())
    first = Door(ann).send(conversation, key=key)
    Door(bob).send(conversation)
    again = Door(ann).send(conversation, key=key, status=200)
    assert again == {**first, "duplicate": True}
    assert Entry.objects.filter(conversation_id=conversation).count() == 2


def test_a_retry_is_answered_even_after_the_sender_was_removed(ann: Person, bob: Person) -> None:
    group, key = make.group(ann, bob), str(uuid7())
    first = Door(bob).send(group, key=key)
    actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    assert Door(bob).send(group, key=key, status=200)["seq"] == first["seq"]


def test_a_retry_says_whom_it_did_not_mention_as_the_first_did(ann: Person, bob: Person, eve: Person) -> None:
    group, key = make.group(ann, bob), str(uuid7())
    said = {"key": key, "mentions": [str(ann.id), str(eve.id)]}
    first = Door(bob).send(group, **said)
    assert first["mentions_dropped"] == [str(eve.id)]
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    actions.remove_members(conversation_id=group, user_ids=[ann.id, bob.id], by=eve.id)
    assert Door(bob).send(group, **said, status=200) == {**first, "duplicate": True}, "nor who is there by now"


@pytest.mark.parametrize(
    "changed",
    [{"content": {"text": "other"}}, {"kind": "custom"}, {"reply_to": 1}, {"mentions": ["all"]}],
)
def test_a_key_used_for_anything_else_is_reused(ann: Person, bob: Person, changed: Any) -> None:
    group, key = make.group(ann, bob), str(uuid7())
    Door(ann).send(group, key=key)
    assert Door(ann).send(group, status=409, **{"key": key, **changed})["code"] == "key_reused"


def test_a_key_is_reused_in_another_conversation_and_by_another_person(ann: Person, bob: Person) -> None:
    group, other, key = make.group(ann, bob), make.group(ann, bob), str(uuid7())
    Door(ann).send(group, key=key)
    assert Door(ann).send(other, key=key, status=409)["code"] == "key_reused"
    assert Door(bob).send(group, key=key, status=409)["code"] == "key_reused"
    assert Sent.objects.filter(key=key).count() == 1


def test_a_key_from_long_ago_is_expired_and_one_without_a_time_is_taken(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    millis = int((timezone.now() - timedelta(days=31)).timestamp() * 1000)
    old = uuid.UUID(int=millis << 80 | 7 << 76 | 2 << 62)
    assert Door(ann).send(conversation, key=str(old), status=400)["code"] == "key_expired"
    Door(ann).send(conversation, key=str(uuid.uuid4()))


@pytest.mark.parametrize(
    ("bits", "code"),
    [
        (1, "not_friends"),
        (2, "blocked"),
        (4, "banned"),
        (8, "closed"),
        (3, "not_friends"),
        (12, "banned"),
        (128, "may_not_post"),
    ],
)
def test_the_lowest_bit_names_the_refusal(ann: Person, bob: Person, bits: int, code: str) -> None:
    conversation = make.direct(ann, bob)
    member(ann, conversation, denied=bits)
    assert Door(ann).send(conversation, status=403)["code"] == code
    Door(bob).send(conversation)


def test_policies_cannot_overwrite_each_other(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    for bit, denied in ((1, True), (2, True), (2, True), (1, False)):
        actions.deny(conversation_id=conversation, user_id=ann.id, policies=bit, denied=bit * denied)
    assert Door(ann).send(conversation, status=403)["code"] == "blocked"
    actions.deny(conversation_id=conversation, user_id=ann.id, policies=2, denied=0)
    Door(ann).send(conversation)


def test_a_muted_person_writes_again_when_the_time_is_over(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    member(bob, group, muted_until=timezone.now() + timedelta(hours=1))
    assert Door(bob).send(group, status=403)["code"] == "muted"
    member(bob, group, muted_until=timezone.now() - timedelta(seconds=1))
    Door(bob).send(group)


def test_only_the_roles_that_may_post_post(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    Conversation.objects.filter(id=group).update(post_role=Role.ADMIN)
    assert Door(bob).send(group, status=403)["code"] == "post_role"
    Door(ann).send(group)
    member(bob, group, role=Role.ADMIN)
    Door(bob).send(group)


def test_a_reply_needs_a_message_that_its_writer_sees(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob)
    first = Door(ann).send(group)["seq"]
    gone = Door(ann).send(group)["seq"]
    Door(ann).recall(group, gone)
    assert Door(bob).send(group, reply_to=first)["seq"] == 3
    for missing in (gone, 0, 99, 2**53 - 1):
        assert Door(bob).send(group, reply_to=missing, status=400)["code"] == "bad_reply"
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    assert Door(eve).send(group, reply_to=first, status=400)["code"] == "bad_reply"
    assert Door(bob).said(group)[-1]["reply_to"] == first


def test_a_reply_does_not_reach_below_a_cleared_history(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    seq = Door(ann).send(conversation)["seq"]
    member(bob, conversation, hidden_before=seq)
    assert Door(bob).send(conversation, reply_to=seq, status=400)["code"] == "bad_reply"
    Door(ann).send(conversation, reply_to=seq)


def test_a_reply_needs_a_message_that_its_writer_has_not_deleted_for_himself(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation)
    Door(bob).call("DELETE", f"/v1/conversations/{conversation}/messages/1?for=me", status=204)
    assert Door(bob).send(conversation, reply_to=1, status=400)["code"] == "bad_reply"
    Door(ann).send(conversation, reply_to=1)


def test_strangers_and_made_up_people_are_not_mentioned_and_are_named(ann: Person, bob: Person, eve: Person) -> None:
    group, nobody = make.group(ann, bob), str(uuid7())
    sent = Door(ann).send(group, mentions=[str(bob.id), str(eve.id), nobody, str(bob.id)])
    assert sorted(sent["mentions_dropped"]) == sorted([str(eve.id), nobody])
    assert Door(bob).said(group)[0]["mentions"] == [str(bob.id)]
    assert Door(bob).head(group)["mentions"] == 1
    assert list(Mention.objects.filter(conversation_id=group).values_list("user_id", "seq")) == [(bob.id, 1)]


def test_all_are_mentioned_by_admins_in_groups_only(ann: Person, bob: Person) -> None:
    group, direct = make.group(ann, bob), make.direct(ann, bob)
    assert "mentions_dropped" not in Door(ann).send(group, mentions=["all"])
    assert Door(bob).said(group)[0]["mentions"] == ["all"]
    assert Door(bob).head(group)["mentions"] == 1
    assert Mention.objects.get(conversation_id=group).user_id == NIL
    assert Door(bob).send(group, mentions=["all"])["mentions_dropped"] == ["all"]
    assert Door(ann).send(direct, mentions=["all"])["mentions_dropped"] == ["all"]
    assert "mentions" not in Door(ann).said(direct)[0]
    member(bob, group, role=Role.ADMIN)
    assert "mentions_dropped" not in Door(bob).send(group, mentions=["all"])


def test_a_mention_by_name_and_by_all_counts_once(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    Door(ann).send(group, mentions=["all", str(bob.id)])
    assert Door(bob).head(group)["mentions"] == 1
    Door(bob).mark(group, 1)
    assert Door(bob).head(group)["mentions"] == 0


def test_a_message_mentions_at_most_50(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    Door(ann).send(group, mentions=[str(uuid7()) for _ in range(50)])
    refused = Door(ann).send(group, mentions=[str(uuid7()) for _ in range(51)], status=400)
    assert refused["code"] == "too_many_mentions"


def test_content_comes_back_as_it_was_sent(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    body = (
        b'{"key":"%b","kind":"text","content":{ "text" : "caf\\u00e9 \\/","z":1.50, "a":[] }}' % str(uuid7()).encode()
    )
    Door(ann).post(f"/v1/conversations/{conversation}/messages", body, status=201)
    assert Entry.objects.get(conversation_id=conversation).content == '{ "text" : "caf\\u00e9 \\/","z":1.50, "a":[] }'
    assert Door(bob).said(conversation)[0]["content"] == {"text": "café /", "z": 1.5, "a": []}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"content": {"text": " "}}, "empty"),
        ({"content": {"text": "a" * 8001}}, "too_long"),
        ({"content": []}, "bad_content"),
        ({"content": {"text": "a\0"}}, "bad_content"),
        ({"kind": "recall"}, "unknown_kind"),
        ({"key": "no key"}, "bad_request"),
        ({"reply_to": -1}, "bad_request"),
        ({"reply_to": 2**53}, "bad_request"),
        ({"mentions": ["somebody"]}, "bad_request"),
        ({"mentions": "all"}, "bad_request"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_name(ann: Person, bob: Person, changed: Any, code: str) -> None:
    conversation = make.direct(ann, bob)
    assert Door(ann).send(conversation, status=400, **changed)["code"] == code
    assert Conversation.objects.get(id=conversation).rev == 0


def test_sending_reads_what_was_there(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    for _ in range(3):
        Door(ann).send(conversation)
    assert Door(bob).head(conversation)["unread"] == 3
    Door(bob).send(conversation)
    assert (Door(bob).head(conversation)["unread"], Door(bob).head(conversation)["read_seq"]) == (0, 4)
    assert Door(ann).head(conversation)["unread"] == 1


def test_time_never_goes_back_in_a_conversation(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    ahead = (timezone.now() + timedelta(hours=1)).replace(microsecond=0)
    Conversation.objects.filter(id=conversation).update(last_at=ahead)
    Door(ann).send(conversation)
    Door(ann).recall(conversation, 1)
    assert set(Entry.objects.filter(conversation_id=conversation).values_list("created_at", flat=True)) == {ahead}


def test_notes_to_oneself_are_never_unread(ann: Person) -> None:
    notes = Door(ann).post("/v1/conversations", {"user": str(ann.id)})
    assert (notes["kind"], notes["conversation"]) == ("self", str(rules.pair(ann.id, ann.id)))
    Door(ann).send(notes["conversation"], "buy milk")
    [head] = Door(ann).heads()
    assert (head["kind"], head["unread"], head["last"]["content"]) == ("self", 0, {"text": "buy milk"})
    assert "peer" not in head
