"""The list of conversations, one of them, and what a device hears when it says what it knows."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imserver import database
from imserver.ids import uuid7
from messaging import actions, heads, rules
from messaging.models import Conversation, Hidden, Member
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


def pages(door: Door, limit: int) -> list[list[str]]:
    found: list[list[str]] = []
    cursor = ""
    while cursor is not None and len(found) < 20:
        page = door.get(f"/v1/conversations?limit={limit}&cursor={cursor}")
        found.append([head["conversation"] for head in page["items"]])
        cursor = page["next"]
    return found


def test_the_list_pages_without_hole_or_double_newest_first(ann: Person, bob: Person) -> None:
    groups = [make.group(ann, bob) for _ in range(7)]
    for i, group in enumerate(groups):
        later = timezone.now() + timedelta(minutes=(i + 3) % 7)
        Conversation.objects.filter(id=group).update(said_at=later)
    found = pages(Door(ann), 3)
    assert [len(page) for page in found] == [3, 3, 2]
    newest = [str(groups[i]) for i in (3, 2, 1, 0, 6, 5, 4)]
    assert [one for page in found for one in page] == [*newest, str(rules.pair(ann.id, ann.id))]


def test_conversations_of_the_same_moment_are_listed_once_each(ann: Person, bob: Person) -> None:
    groups = [make.group(ann, bob) for _ in range(6)]
    moment = timezone.now().replace(microsecond=123_456)
    for i, group in enumerate(groups):
        Conversation.objects.filter(id=group).update(said_at=moment + timedelta(microseconds=100 * (i // 2)))
    listed = [one for page in pages(Door(ann), 1) for one in page]
    assert sorted(listed) == sorted(map(str, [*groups, rules.pair(ann.id, ann.id)]))


def test_what_is_noted_in_the_self_log_does_not_move_ones_notes(ann: Person, bob: Person) -> None:
    notes, direct = make.direct(ann, ann), make.direct(ann, bob)
    make.message(ann, notes)
    make.message(ann, direct)
    Door(ann).call("PUT", f"/v1/conversations/{direct}/draft", {"draft": {"text": "Hi"}}, status=204)
    assert pages(Door(ann), 9) == [[str(direct), str(notes)]]


def test_a_page_that_is_just_full_is_the_last(ann: Person, bob: Person) -> None:
    make.message(ann, make.direct(ann, bob))
    page = Door(ann).get("/v1/conversations?limit=1")
    assert (len(page["items"]), page["next"]) == (1, None)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "AAAA",
        "%01",
        "MTIz",
        "MTIzIDQ1Ng==",
        "é",
        "OTk5OTk5OTk5OTk5OTk5OTk5OTkgMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw",
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(ann: Person, cursor: str) -> None:
    assert Door(ann).get(f"/v1/conversations?cursor={cursor}", status=400)["code"] == "bad_request"


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x"])
def test_a_page_has_between_1_and_200_conversations(ann: Person, limit: str) -> None:
    assert Door(ann).get(f"/v1/conversations?limit={limit}", status=400)["code"] == "bad_request"


def test_nobody_opens_a_conversation_with_somebody_who_is_not_there(ann: Person) -> None:
    Door(ann).refuses("user_not_found", "/v1/conversations", {"user": str(uuid7())}, status=404)


def test_a_head_says_where_its_conversation_stands(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation, "one")
    second = Door(ann).send(conversation, "two")
    Door(bob).mark(conversation, 1)
    head = Door(ann).head(conversation)
    assert head == {
        "conversation": str(conversation),
        "kind": "direct",
        "rev": 2,
        "seq": 2,
        "read_seq": 2,
        "unread": 0,
        "mentions": 0,
        "title": "Bob",
        "peer": {"id": str(bob.id), "username": bob.username, "display_name": "Bob"},
        "peer_read": 1,
        "peer_delivered": 1,
        "last": Door(ann).message(conversation, 2),
        "last_at": second["created_at"],
        "floor_rev": 0,
        "from_rev": 0,
    }
    assert Door(ann).heads() == [head]
    assert (Door(bob).head(conversation)["unread"], Door(bob).head(conversation)["title"]) == (1, "Ann")


def test_the_last_message_is_one_that_the_person_may_see(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob, title="Club")
    Door(ann).send(group, "one")
    Door(ann).send(group, "two")
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    assert "last" not in Door(eve).head(group)
    assert Door(eve).head(group)["title"] == "Club"
    Hidden.objects.create(user_id=bob.id, conversation_id=group, seq=2)
    assert Door(bob).head(group)["last"]["seq"] == 1
    assert Door(bob).head(group)["unread"] == 1
    Member.objects.filter(user_id=bob.id, conversation_id=group).update(hidden_before=2)
    assert "last" not in Door(bob).head(group)
    assert Door(bob).head(group)["unread"] == 0


def test_own_messages_above_an_unmoved_mark_are_not_unread(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    for _ in range(3):
        make.message(bob, conversation)
    make.message(ann, conversation)
    Member.objects.filter(user_id=ann.id).update(read_seq=1, own_ahead=1)
    assert Door(ann).head(conversation)["unread"] == 2
    Door(ann).recall(conversation, 4)
    assert Door(ann).head(conversation)["unread"] == 2
    Hidden.objects.create(user_id=ann.id, conversation_id=conversation, seq=2)
    assert Door(ann).head(conversation)["unread"] == 1
    Door(bob).recall(conversation, 2)
    assert Door(ann).head(conversation)["unread"] == 1


def test_sync_names_what_differs_and_what_is_gone(ann: Person, bob: Person, eve: Person) -> None:
    direct, group, other = make.direct(ann, bob), make.group(ann, bob), make.direct(ann, eve)
    for conversation in (direct, other):
        Door(ann).send(conversation)
    heads = {head["conversation"]: head for head in Door(ann).sync({})["heads"]}
    known = {
        name: [head["rev"], head["read_seq"], *([head["peer_read"], head["peer_delivered"]] if "peer" in head else [])]
        for name, head in heads.items()
    }
    assert set(known) == {str(one) for one in (direct, group, other, rules.pair(ann.id, ann.id))}
    assert Door(ann).sync(known) == {"heads": [], "left": [], "more": False}

    Door(bob).mark(direct, 1)
    stranger = str(uuid7())
    actions.remove_members(conversation_id=group, user_ids=[ann.id], by=bob.id)
    found = Door(ann).sync({**known, stranger: [3, 1]})
    assert {head["conversation"] for head in found["heads"]} == {str(direct), str(rules.pair(ann.id, ann.id))}
    assert set(found["left"]) == {str(group), stranger}


def test_what_a_device_named_comes_before_what_it_does_not_know(ann: Person, bob: Person) -> None:
    told = [make.group(ann, bob) for _ in range(5)]
    for group in told:
        make.message(bob, group)
    said = {told[0]: (1,), told[1]: (1,)}

    def answer() -> tuple[list[UUID], bool]:
        [found] = database.run(heads.differing([heads.Asked(ann.id, {rules.pair(ann.id, ann.id): (5, 0), **said})], 2))
        return [UUID(json.loads(item)["conversation"]) for item in found.items], found.more

    assert answer() == ([told[1], told[0]], True), "each newest first"
    said |= {told[0]: (2, 0), told[1]: (2, 0)}
    assert answer() == ([told[4], told[3]], True)
    said |= {told[4]: (2, 0), told[3]: (2, 0)}
    assert answer() == ([told[2]], False)


def test_a_head_above_ours_is_reset(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation)
    [head] = Door(ann).sync({str(conversation): [5, 5, 0, 0]})["heads"]
    assert (head["rev"], head["reset"]) == (1, True)
    [head] = Door(bob).sync({str(conversation): [0, 0, 0, 0]})["heads"]
    assert "reset" not in head


@pytest.mark.parametrize(
    "heads",
    [
        [],
        {"x": [1, 1]},
        *({str(uuid7()): known} for known in (1, ["1"], [1.5], [-1, 1], [2**63, 1], [1, 2**64], [1, 1, 1, 1, 1])),
    ],
)
def test_heads_of_another_shape_are_refused(ann: Person, heads: object) -> None:
    Door(ann).refuses("bad_request", "/v1/sync", {"heads": heads})


@pytest.mark.parametrize("known", [[], [None], [1], [None, None], [2**53 - 1, 2**53 - 1, 0, 0]])
def test_who_says_little_of_a_conversation_hears_of_it(ann: Person, bob: Person, known: list[int | None]) -> None:
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation)
    assert [head["rev"] for head in Door(ann).sync({str(conversation): known})["heads"]] == [1]


def test_a_list_takes_the_same_queries_however_long_it_is(ann: Person, bob: Person) -> None:
    door, counts = Door(ann), []
    door.heads()
    for _ in range(2):
        for _ in range(4):
            make.message(bob, make.group(ann, bob))
        with CaptureQueriesContext(connection) as found:
            door.heads()
        counts.append(len(found))
    assert counts[0] == counts[1] <= 4


def test_the_epoch_is_told_with_the_list(ann: Person) -> None:
    assert UUID(Door(ann).get("/v1/conversations")["epoch"])
