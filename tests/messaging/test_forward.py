"""Messages copied into another conversation."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from messaging import actions
from messaging.models import Entry
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(ann: Person, bob: Person) -> UUID:
    found = make.direct(ann, bob)
    for text in ("one", "two", "three"):
        make.message(bob, found, text)
    return found


@pytest.fixture
def target(ann: Person, eve: Person) -> UUID:
    return make.group(ann, eve)


def forward(person: Person, source: UUID, target: UUID, *seqs: int, status: int = 200, key: str = "") -> Any:
    body = {"conversation": str(source), "seqs": seqs, "key": key or str(uuid4())}
    return Door(person).post(f"/v1/conversations/{target}/forward", body, status=status)


def test_copies_come_in_the_order_asked_for_and_say_who_wrote_them(
    source: UUID, target: UUID, ann: Person, bob: Person, eve: Person
) -> None:
    assert forward(ann, source, target, 3, 1)["seqs"] == [1, 2]
    said = Door(eve).said(target)
    assert [(one["content"]["text"], one["sender"]) for one in said] == [("three", str(ann.id)), ("one", str(ann.id))]
    assert all(one["content"]["forwarded"] == {"sender": str(bob.id)} for one in said)
    assert Door(eve).head(target)["unread"] == 2


def test_the_first_author_stays_and_is_not_named_against_his_will(
    source: UUID, target: UUID, ann: Person, bob: Person, eve: Person
) -> None:
    forward(ann, source, target, 1)
    notes = make.direct(eve, eve)
    forward(eve, target, notes, 1)
    assert Door(eve).message(notes, 1)["content"] == {"text": "one", "forwarded": {"sender": str(bob.id)}}
    User.objects.filter(pk=bob.id).update(named_in_forwards=False)
    forward(ann, source, target, 2)
    assert Door(eve).message(target, 2)["content"] == {"text": "two", "forwarded": {}}
    forward(eve, target, notes, 1, 2)
    assert [Door(eve).message(notes, seq)["content"] for seq in (2, 3)] == [
        {"text": "one", "forwarded": {}},
        {"text": "two", "forwarded": {}},
    ]


def test_what_is_copied_stays_as_it_was_written_to_the_byte(target: UUID, ann: Person, eve: Person) -> None:
    notes, written = make.direct(ann, ann), '{ "a": 1.0, "b": [1e3, "\\u00e9"], "c": {"forwarded":{}}}'
    Door(ann).send(notes, kind="custom", content=json.loads(written))
    Entry.objects.filter(conversation_id=notes, seq=1).update(content=written)
    forward(ann, notes, target, 1)
    again = make.direct(eve, eve)
    forward(eve, target, again, 1)
    expected = f'{written[:-1]},"forwarded":{{"sender": "{ann.id}"}}}}'
    for place in (target, again):
        assert Entry.objects.get(conversation_id=place, seq=1).content == expected


def test_the_same_key_copies_once(source: UUID, target: UUID, ann: Person) -> None:
    key = str(uuid4())
    assert forward(ann, source, target, 1, 2, key=key) == forward(ann, source, target, 1, 2, key=key)
    assert Door(ann).texts(target) == ["one", "two"]
    assert forward(ann, source, target, 2, 1, key=key, status=409)["code"] == "key_reused"


def test_a_copy_asked_for_again_is_the_same_whatever_became_of_its_source(
    source: UUID, target: UUID, ann: Person, bob: Person
) -> None:
    key = str(uuid4())
    made = forward(ann, source, target, 1, 2, key=key)
    Door(bob).edit(source, 1, "uno")
    actions.recall(user_id=bob.id, conversation_id=source, seq=2, now=timezone.now())
    assert forward(ann, source, target, 1, 2, key=key) == made
    assert Door(ann).texts(target) == ["one", "two"]
    for other in ((ann, source, target, 1), (ann, source, source, 1, 2), (bob, source, source, 1, 2)):
        assert forward(*other, key=key, status=409)["code"] == "key_reused"


def test_all_or_none(source: UUID, target: UUID, ann: Person, bob: Person, eve: Person) -> None:
    actions.recall(user_id=bob.id, conversation_id=source, seq=2, now=timezone.now())
    assert forward(ann, source, target, 1, 2, status=409)["code"] == "recalled"
    assert forward(ann, source, target, 1, 9, status=404)["code"] == "message_not_found"
    assert forward(eve, source, target, 1, status=404)["code"] == "not_a_member"
    assert forward(bob, source, target, 1, status=404)["code"] == "not_a_member"
    actions.deny(conversation_id=target, user_id=ann.id, policies=8, denied=8)
    assert forward(ann, source, target, 1, status=403)["code"] == "closed"
    assert forward(ann, source, target, status=400)["code"] == "bad_request"
    assert Door(ann).texts(target) == []


def test_a_copy_is_not_edited(source: UUID, target: UUID, ann: Person) -> None:
    forward(ann, source, target, 1)
    assert Door(ann).edit(target, 1, "I never said", status=403)["code"] == "not_yours"


def test_a_copy_outlives_its_source(source: UUID, target: UUID, ann: Person, bob: Person) -> None:
    forward(ann, source, target, 1)
    actions.recall(user_id=bob.id, conversation_id=source, seq=1, now=timezone.now())
    assert Door(ann).texts(target) == ["one"]


def test_an_edit_names_and_unnames(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob)
    Door(ann).send(group, "hello")
    path = f"/v1/conversations/{group}/messages/1"

    def edit(by: Person, **body: Any) -> Any:
        return Door(by).call("PATCH", path, {"content": {"text": "hello"}, **body}, status=200)

    named = edit(ann, mentions=[str(bob.id), str(eve.id), "all"])
    assert (named["mentions"], named["mentions_dropped"]) == ([str(bob.id), "all"], [str(eve.id)])
    assert Door(bob).head(group)["mentions"] == 1
    assert "mentions" in edit(ann, content={"text": "again"}), "who is not asked about stays"
    assert "mentions" not in edit(ann, mentions=[])
    assert Door(bob).head(group)["mentions"] == 0
    Door(bob).send(group, "mine")
    path = f"/v1/conversations/{group}/messages/2"
    named = edit(bob, mentions=["all", str(ann.id)])
    assert (named["mentions"], named["mentions_dropped"]) == ([str(ann.id)], ["all"])
    crowd = [str(uuid4()) for _ in range(51)]
    refused = Door(bob).call("PATCH", path, {"content": {"text": "hello"}, "mentions": crowd}, status=400)
    assert refused["code"] == "too_many_mentions"
