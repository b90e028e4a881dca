import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from imserver import database
from messaging import actions, errors, queries
from messaging.entries import dumps
from messaging.models import Conversation, Member, Revision
from messaging.rules import Role
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now() + timedelta(days=1)


def edit(person: Person, conversation: UUID, seq: int, text: str, **later: float) -> None:
    now = timezone.now() + timedelta(**later)
    edited = actions.Edited(dumps({"text": text}))
    actions.edit(user_id=person.id, conversation_id=conversation, seq=seq, edited=edited, now=now)


def told(conversation: UUID, first: int, last: int) -> list[Any]:
    """What every socket of the conversation hears."""
    return [json.loads(item) for item in database.run(queries.between(conversation, first, last))]


def test_an_edit_changes_the_message_in_its_place(ann: Person, bob: Person) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation, "helo")
    before = door.send(conversation, "you")
    after = door.edit(conversation, 1, "hello")
    assert (after["seq"], after["rev"], after["changed_rev"], after["content"]) == (1, 1, 3, {"text": "hello"})
    assert after["edited_at"] >= after["created_at"]
    assert Door(bob).texts(conversation) == ["hello", "you"]
    head = Door(bob).head(conversation)
    assert (head["unread"], head["seq"], head["rev"], head["last"]["seq"]) == (2, 2, 3, before["seq"])
    assert Conversation.objects.get(id=conversation).blanked_rev == 0


def test_the_change_is_a_pointer_and_brings_the_message_as_it_is_now(ann: Person, bob: Person) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation, "one")
    door.edit(conversation, 1, "two")
    door.edit(conversation, 1, "three")
    for items in (told(conversation, 2, 3), Door(bob).pull(conversation, after_rev=1)["items"]):
        assert [(item["rev"], item["kind"], item["target"], item["content"]) for item in items] == [
            (2, "edit", 1, None),
            (3, "edit", 1, None),
        ]
        assert [(item["state"]["changed_rev"], item["state"]["content"]) for item in items] == [
            (3, {"text": "three"})
        ] * 2


def test_older_texts_are_kept_for_staff(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation, "one")
    edit(ann, conversation, 1, "two")
    edit(ann, conversation, 1, "three")
    kept = Revision.objects.filter(conversation_id=conversation).order_by("rev").values_list("seq", "rev", "content")
    assert list(kept) == [(1, 2, '{"text":"one"}'), (1, 3, '{"text":"two"}')]


def test_the_same_text_again_changes_nothing(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation, "one")
    for _ in range(2):
        edit(ann, conversation, 1, "two")
    assert Conversation.objects.get(id=conversation).rev == 2


def test_only_the_author_edits(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    Door(bob).send(group, "mine")
    assert Door(ann).edit(group, 1, "yours", status=403)["code"] == "not_yours"
    assert Door(ann).texts(group) == ["mine"]


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("location", {"latitude": 1, "longitude": 2}, "not_editable"),
        ("contact", {"name": "Eve", "phone": "+4930123456"}, "not_editable"),
        ("sticker", {"pack": "cats", "sticker": "1"}, "not_editable"),
        ("dance", {"steps": 3}, "not_editable"),
        ("custom", {"score": 1}, None),
    ],
)
def test_texts_are_edited_and_what_a_host_app_made(
    ann: Person, bob: Person, kind: str, content: Any, code: str | None
) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation, kind=kind, content=content)
    path = f"/v1/conversations/{conversation}/messages/1"
    answer = door.call("PATCH", path, {"content": {**content, "more": True}}, status=403 if code else 200)
    assert answer.get("code") == code
    assert ("edited_at" in door.message(conversation, 1)) == (code is None)


def test_an_edit_moves_a_conversation_nowhere(ann: Person, bob: Person) -> None:
    older, newer = make.direct(ann, bob), make.group(ann, bob)
    for one in (older, newer):
        make.message(ann, one)
    before = Door(bob).head(older)["last_at"]
    edit(ann, older, 1, "better")
    pin = f"/v1/conversations/{older}/pins/1"
    for method in ("PUT", "DELETE"):
        Door(ann).call(method, pin, status=200)
    Door(ann).recall(older, 1)
    listed = [head["conversation"] for head in Door(bob).heads()]
    assert listed.index(str(newer)) < listed.index(str(older))
    assert Door(bob).head(older)["last_at"] == before


def test_an_edit_is_possible_for_24_hours(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation)
    edit(ann, conversation, 1, "in time", hours=23, minutes=59)
    with pytest.raises(errors.TooLate):
        edit(ann, conversation, 1, "too late", hours=24, minutes=1)


def test_what_is_not_there_is_not_edited(ann: Person, bob: Person) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation)
    door.edit(conversation, 1, "x")
    for seq in (0, 2, 2**62, 2**63, 2**80):
        assert door.edit(conversation, seq, "y", status=404)["code"] in ("message_not_found", "not_found")


def test_a_recalled_message_is_not_edited(ann: Person, bob: Person) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation)
    door.recall(conversation, 1)
    assert door.edit(conversation, 1, "back", status=409)["code"] == "recalled"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"text": " "}, "empty"),
        ({"text": "a" * 8001}, "too_long"),
        ({"text": "\0"}, "bad_content"),
        ([], "bad_content"),
    ],
)
def test_an_edit_keeps_the_rules_of_content(ann: Person, bob: Person, content: Any, code: str) -> None:
    conversation, door = make.direct(ann, bob), Door(ann)
    door.send(conversation, "fine")
    path = f"/v1/conversations/{conversation}/messages/1"
    assert door.call("PATCH", path, {"content": content}, status=400)["code"] == code
    assert door.texts(conversation) == ["fine"]


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        ({"denied": 2}, "blocked"),
        ({"denied": 8}, "closed"),
        ({"muted_until": TOMORROW}, "muted"),
        ({"denied": 0}, None),
    ],
)
def test_who_may_not_write_may_not_edit(ann: Person, bob: Person, standing: Any, code: str | None) -> None:
    group, door = make.group(ann, bob), Door(bob)
    door.send(group, "kind")
    Member.objects.filter(user_id=bob.id, conversation_id=group).update(**standing)
    assert door.edit(group, 1, "unkind", status=403 if code else 200).get("code") == code
    assert Door(ann).texts(group) == ["kind" if code else "unkind"]


def test_where_only_admins_post_only_admins_edit(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    for person in (ann, bob):
        Door(person).send(group)
    Conversation.objects.filter(id=group).update(post_role=Role.ADMIN)
    assert Door(bob).edit(group, 2, "news", status=403)["code"] == "post_role"
    Door(ann).edit(group, 1, "news")


def test_a_newcomer_never_sees_an_older_message_through_a_later_change(ann: Person, bob: Person, eve: Person) -> None:
    group, door = make.group(ann, bob), Door(ann)
    door.send(group, "secret")
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    door.send(group, "welcome")
    door.edit(group, 1, "still secret")
    door.edit(group, 2, "hello")
    for items in (Door(eve).pull(group, after_rev=3)["items"], told(group, 4, 6)):
        old, new = items[1:]
        assert (old["target"], new["state"]["content"]) == (1, {"text": "hello"})
        assert "state" not in old
        assert "secret" not in json.dumps(items)
    Door(eve).get(f"/v1/conversations/{group}/messages/1", status=404)
    assert Door(bob).pull(group, after_rev=3)["items"][1]["state"]["content"] == {"text": "still secret"}
