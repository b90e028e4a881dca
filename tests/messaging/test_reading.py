"""History, pull and marks: what a person sees of a conversation, and that a stranger sees nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from imserver.ids import uuid7
from messaging import actions, log
from messaging.models import Conversation, Entry, Hidden, Member
from messaging.writes import Mark
from tests import make
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


def talk(ann: Person, bob: Person, count: int) -> UUID:
    conversation = make.direct(ann, bob)
    for i in range(1, count + 1):
        make.message(ann if i % 2 else bob, conversation, str(i))
    return conversation


def seqs(items: list[Any]) -> list[int]:
    return [item["seq"] for item in items]


def test_history_is_the_newest_page_then_those_before_it(ann: Person, bob: Person) -> None:
    conversation, door = talk(ann, bob, 7), Door(ann)
    assert seqs(door.said(conversation, limit=3)) == [5, 6, 7]
    assert seqs(door.said(conversation, limit=3, before_seq=5)) == [2, 3, 4]
    assert seqs(door.said(conversation, limit=3, before_seq=2)) == [1]
    assert door.said(conversation, before_seq=1) == door.said(conversation, before_seq=0) == []
    assert seqs(door.said(conversation, before_seq=2**53 - 1)) == list(range(1, 8))
    assert door.texts(conversation) == ["1", "2", "3", "4", "5", "6", "7"]


def test_history_also_goes_on_after_a_message(ann: Person, bob: Person) -> None:
    conversation, door = talk(ann, bob, 5), Door(bob)
    assert seqs(door.said(conversation, after_seq=0, limit=2)) == [1, 2]
    assert seqs(door.said(conversation, after_seq=2, limit=2)) == [3, 4]
    assert seqs(door.said(conversation, after_seq=4)) == [5]
    assert door.said(conversation, after_seq=5) == []


def test_history_holds_messages_only_as_they_are_now(ann: Person, bob: Person) -> None:
    conversation, door = talk(ann, bob, 3), Door(ann)
    door.edit(conversation, 1, "one")
    door.recall(conversation, 3)
    assert door.texts(conversation) == ["one", "2", None]
    assert [item["changed_rev"] for item in door.said(conversation)] == [4, 2, 5]


def test_what_a_person_hid_or_cleared_is_hidden_for_him_alone(ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 4)
    Hidden.objects.create(user_id=ann.id, conversation_id=conversation, seq=3)
    Member.objects.filter(user_id=ann.id).update(hidden_before=1)
    assert Door(ann).texts(conversation) == Door(ann).texts(conversation, after_seq=0) == ["2", "4"]
    assert Door(bob).texts(conversation) == ["1", "2", "3", "4"]
    Door(ann).get(f"/v1/conversations/{conversation}/messages/1", status=404)


def test_a_pull_hands_out_consecutive_entries(ann: Person, bob: Person) -> None:
    conversation, door = talk(ann, bob, 4), Door(bob)
    door.edit(conversation, 2, "two")
    first = door.pull(conversation, after_rev=0, limit=3)
    assert (first["prev"], first["head"], [item["rev"] for item in first["items"]]) == (0, 5, [1, 2, 3])
    assert "reset" not in first
    second = door.pull(conversation, after_rev=3)
    assert (second["prev"], second["head"], [item["rev"] for item in second["items"]]) == (3, 5, [4, 5])
    change = second["items"][1]
    assert (change["kind"], change["target"], change["content"], change["sender"]) == ("edit", 2, None, str(bob.id))
    assert change["state"] == first["items"][1] == door.message(conversation, 2)
    assert door.pull(conversation, after_rev=5)["items"] == []


def test_a_pull_above_the_head_starts_again(ann: Person, bob: Person) -> None:
    page = Door(ann).pull(talk(ann, bob, 2), after_rev=3)
    assert (page["reset"], page["prev"], page["head"], len(page["items"])) == (True, 0, 2, 2)


def test_a_pull_below_what_is_kept_starts_at_the_floor(ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 4)
    Entry.objects.filter(conversation_id=conversation, rev__lte=2).delete()
    Conversation.objects.filter(id=conversation).update(floor_rev=2, floor_seq=2)
    page = Door(ann).pull(conversation, after_rev=1)
    assert (page["reset"], page["prev"], [item["rev"] for item in page["items"]]) == (True, 2, [3, 4])
    assert "reset" not in Door(ann).pull(conversation, after_rev=2)
    assert Door(ann).edit(conversation, 1, "x", status=409)["code"] == "archived"
    assert Door(ann).recall(conversation, 1, status=409)["code"] == "archived"


def test_a_newcomer_pulls_from_his_joining_on(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob)
    make.message(ann, group, "secret")
    actions.add_members(conversation_id=group, user_ids=[eve.id], by=ann.id)
    make.message(ann, group, "welcome")
    page = Door(eve).pull(group, after_rev=0)
    assert (page["reset"], page["prev"], [item["kind"] for item in page["items"]]) == (
        True,
        2,
        ["member.joined", "text"],
    )
    assert Door(eve).texts(group) == Door(eve).texts(group, after_seq=0) == ["welcome"]
    assert Door(eve).head(group)["from_rev"] == 2


@pytest.mark.parametrize(
    "window", ["limit=0", "limit=201", "before_seq=-1", "before_seq=x", "after_seq=9007199254740992"]
)
def test_a_window_of_another_shape_is_refused(ann: Person, bob: Person, window: str) -> None:
    conversation = talk(ann, bob, 1)
    assert Door(ann).get(f"/v1/conversations/{conversation}/messages?{window}", status=400)["code"] == "bad_request"
    assert Door(ann).get(f"/v1/conversations/{conversation}/entries", status=400)["code"] == "bad_request"


def test_a_stranger_cannot_tell_the_conversation_exists(ann: Person, bob: Person, eve: Person) -> None:
    group = make.group(ann, bob)
    make.message(ann, group)
    found = Door(eve).turned_away(group)
    assert found == Door(eve).turned_away(uuid7())
    assert {answer["code"] for answer in found} == {"not_a_member"}


def test_without_a_token_nobody_gets_in(ann: Person, bob: Person) -> None:
    door = Door(ann)
    door.token = ""
    for path in ("", f"/{talk(ann, bob, 1)}", f"/{uuid7()}/messages"):
        assert door.get(f"/v1/conversations{path}", status=401)["code"] == "not_authenticated"


def test_a_removed_member_reads_nothing_more(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    Door(bob).send(group)
    actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    Door(bob).get(f"/v1/conversations/{group}/messages", status=404)
    Door(bob).get(f"/v1/conversations/{group}/entries?after_rev=0", status=404)
    Door(bob).send(group, status=404)
    assert str(group) not in [head["conversation"] for head in Door(bob).heads()]


def test_a_mark_goes_forward_and_never_beyond_the_head(ann: Person, bob: Person) -> None:
    conversation, door = make.direct(ann, bob), Door(bob)
    for _ in range(4):
        make.message(ann, conversation)
    for asked, stands, unread in ((2, 2, 2), (1, 2, 2), (99, 4, 0), (0, 4, 0)):
        assert door.mark(conversation, asked) == {"conversation": str(conversation), "read_seq": stands}
        assert door.head(conversation)["unread"] == unread
    assert Door(ann).head(conversation)["peer_read"] == 4


def test_a_mark_moves_nobody_elses(ann: Person, bob: Person, eve: Person) -> None:
    group, other = make.group(ann, bob, eve), make.group(ann, bob)
    for place in (group, group, group, other):
        make.message(ann, place)
    Door(bob).mark(group, 2)
    marks = {row.user_id: (row.read_seq, row.delivered_seq) for row in Member.objects.filter(conversation_id=group)}
    assert marks == {ann.id: (3, 0), bob.id: (2, 2), eve.id: (0, 0)}
    assert Door(bob).head(other)["read_seq"] == 0


def test_what_was_read_was_delivered_and_what_was_delivered_was_not_read(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    for _ in range(5):
        make.message(ann, conversation)
    moves = [
        (None, 3, (0, 0, 3, True, True)),
        (2, None, (2, 2, 3, True, True)),
        (2, 3, (2, 2, 3, False, False)),
        (4, 1, (4, 4, 4, True, True)),
        (None, None, (4, 4, 4, False, False)),
    ]
    for read, delivered, stands in moves:
        [found] = log.mark([Mark(conversation, bob.id, read, delivered)])
        assert found[2:] == stands


def test_reading_counts_the_own_messages_above_the_mark_anew(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    for sender in (bob, ann, bob, ann, bob, ann):
        make.message(sender, conversation)
    Member.objects.filter(user_id=ann.id).update(read_seq=0, own_ahead=3)
    for read, own_ahead, unread in ((None, 3, 3), (1, 3, 2), (2, 2, 2), (3, 2, 1), (5, 1, 0), (6, 0, 0)):
        log.mark([Mark(conversation, ann.id, read, 6)])
        assert Member.objects.get(user_id=ann.id).own_ahead == own_ahead
        assert Door(ann).head(conversation)["unread"] == unread
    Member.objects.filter(user_id=ann.id).update(read_seq=1, own_ahead=3)
    make.message(ann, conversation)
    assert (Member.objects.get(user_id=ann.id).own_ahead, Door(ann).head(conversation)["unread"]) == (0, 0)


@pytest.mark.parametrize(
    "read",
    [
        lambda door, conversation: door.said(conversation),
        lambda door, conversation: door.said(conversation, after_seq=0),
        lambda door, conversation: door.pull(conversation, after_rev=0),
        lambda door, conversation: door.head(conversation),
        lambda door, conversation: door.sync({}),
    ],
    ids=["history", "later", "pull", "head", "sync"],
)
def test_a_read_takes_the_same_queries_however_much_there_is(
    ann: Person, bob: Person, read: Callable[[Door, UUID], Any]
) -> None:
    door, conversation, counts = Door(ann), make.direct(ann, bob), []
    for _ in range(2):
        for _ in range(5):
            seq = make.message(ann, conversation).seq
            door.edit(conversation, seq, "edited")
            door.recall(conversation, make.message(ann, conversation, reply_to=seq).seq)
        with CaptureQueriesContext(connection) as found:
            read(door, conversation)
        counts.append(len(found))
    assert counts[0] == counts[1] <= 5
