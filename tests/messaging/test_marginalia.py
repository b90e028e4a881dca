"""Reactions, pins and who has read: what members add to a message for all to see."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from imserver import database
from messaging import actions, emoji, log, queries
from messaging.errors import BadReaction
from messaging.models import Entry, Member, Reaction
from messaging.rules import Role
from messaging.writes import Mark
from tests import make
from tests.accounts.conftest import Api
from tests.make import Person

pytestmark = pytest.mark.django_db


def path(place: UUID, seq: int = 1, text: str = "👍") -> str:
    return f"/v1/conversations/{place}/messages/{seq}/reactions/{quote(text, safe='')}"


def react(person: Person, place: UUID, text: str = "👍", status: int = 200, method: str = "PUT", seq: int = 1) -> Any:
    return Api(person.token).call(method, path(place, seq, text), status=status)


@pytest.fixture
def place(ann: Person, bob: Person) -> UUID:
    found = make.group(ann, bob)
    make.message(ann, found)
    return found


def test_reactions_are_part_of_the_message_in_the_order_they_came(place: UUID, ann: Person, bob: Person) -> None:
    for person, text in ((bob, "🎉"), (ann, "👍"), (bob, "👍")):
        message = react(person, place, text)
    assert message["reactions"] == [
        {"emoji": "🎉", "count": 1, "users": [str(bob.id)]},
        {"emoji": "👍", "count": 2, "users": [str(ann.id), str(bob.id)]},
    ]
    assert Api(ann.token).get(f"{path(place)}/people")["items"] == sorted([str(ann.id), str(bob.id)])
    assert react(bob, place, "👍")["changed_rev"] == message["changed_rev"], "safe to repeat"
    gone = [react(bob, place, text, method="DELETE") for text in ("🎉", "🎉", "👍")]
    assert gone[0] == gone[1]
    assert gone[2]["reactions"] == [{"emoji": "👍", "count": 1, "users": [str(ann.id)]}]
    assert "reactions" not in react(ann, place, "👍", method="DELETE")
    deltas = [e.content for e in Entry.objects.filter(conversation_id=place, target=1).order_by("rev")]
    assert deltas[0] == '{"emoji": "🎉", "added": true}'
    assert len(deltas) == 6


def test_a_reaction_moves_neither_unread_nor_order(ann: Person, bob: Person) -> None:
    older, newer = make.group(ann, bob), make.group(ann, bob)
    for one in (older, newer):
        make.message(ann, one)
    react(ann, older)
    heads = [head for head in Api(bob.token).get("/v1/conversations")["items"] if head["kind"] == "group"]
    assert [head["conversation"] for head in heads] == [str(newer), str(older)]
    assert [head["unread"] for head in heads] == [1, 1]


@pytest.mark.parametrize("text", ["a", "👍👍", "", " ", "👍 ", "🏻x", "1", "#", "\u200d", "x" * 100])
def test_a_reaction_is_exactly_one_emoji(text: str) -> None:
    with pytest.raises(BadReaction):
        emoji.one(text)


@pytest.mark.parametrize("text", ["👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🇵🇹", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "1️⃣", "☺️"])
def test_variation_selectors_make_no_other_emoji(text: str) -> None:
    assert emoji.one(text) == emoji.one(text.replace("\ufe0f", "")) == text


def test_one_emoji_written_two_ways_is_one_reaction(place: UUID, ann: Person, bob: Person) -> None:
    react(ann, place, "❤️")
    assert react(bob, place, "❤")["reactions"][0]["count"] == 2


def test_there_is_an_end_of_reactions(place: UUID, ann: Person, bob: Person, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "reactions": 3, "reactions_of_one": 2}
    for person, text in ((ann, "👍"), (ann, "🎉"), (bob, "❤️")):
        react(person, place, text)
    assert react(ann, place, "❤️", status=409)["code"] == "too_many_reactions"
    assert react(bob, place, "😀", status=409)["code"] == "too_many_reactions"
    react(bob, place, "👍")


def test_who_may_not_take_part_does_not_react(place: UUID, ann: Person, bob: Person, eve: Person) -> None:
    assert react(eve, place, status=404)["code"] == "not_a_member"
    assert react(bob, place, seq=9, status=404)["code"] == "message_not_found"
    actions.deny(conversation_id=place, user_id=bob.id, policies=2, denied=2)
    assert react(bob, place, status=403)["code"] == "blocked"
    Member.objects.filter(user_id=bob.id).update(denied=0)
    actions.recall(user_id=ann.id, conversation_id=place, seq=1, now=timezone.now())
    for method in ("PUT", "DELETE"):
        assert react(bob, place, method=method, status=409)["code"] == "recalled"
        pin = f"/v1/conversations/{place}/pins/1"
        assert Api(ann.token).call(method, pin, status=409)["code"] == "recalled"


def test_a_recall_takes_reactions_and_the_pin(place: UUID, ann: Person, bob: Person) -> None:
    react(bob, place)
    Api(ann.token).call("PUT", f"/v1/conversations/{place}/pins/1", status=200)
    stub = Api(ann.token).call("DELETE", f"/v1/conversations/{place}/messages/1", status=200)
    assert stub.keys().isdisjoint({"reactions", "pinned"})
    assert not Reaction.objects.exists()
    assert Api(ann.token).get(f"/v1/conversations/{place}/pins")["items"] == []


def test_admins_pin_in_a_group_and_both_in_a_direct_conversation(place: UUID, ann: Person, bob: Person) -> None:
    pin = f"/v1/conversations/{place}/pins"
    assert Api(bob.token).call("PUT", f"{pin}/1", status=403)["code"] == "post_role"
    Member.objects.filter(user_id=bob.id, conversation_id=place).update(role=Role.ADMIN)
    make.message(ann, place, "second")
    for seq in (1, 2, 2):
        assert Api(bob.token).call("PUT", f"{pin}/{seq}", status=200)["pinned"] is True
    assert [one["seq"] for one in Api(ann.token).get(pin)["items"]] == [2, 1]
    for _ in range(2):
        assert "pinned" not in Api(ann.token).call("DELETE", f"{pin}/2", status=200)
    direct = make.direct(ann, bob)
    make.message(ann, direct)
    Api(bob.token).call("PUT", f"/v1/conversations/{direct}/pins/1", status=200)
    kinds = [e.kind_name for e in Entry.objects.filter(conversation_id=place, target__isnull=False).order_by("rev")]
    assert kinds == ["pin", "pin", "unpin"]


def test_there_is_an_end_of_pins(place: UUID, ann: Person, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "pins": 1}
    make.message(ann, place)
    Api(ann.token).call("PUT", f"/v1/conversations/{place}/pins/1", status=200)
    refused = Api(ann.token).call("PUT", f"/v1/conversations/{place}/pins/2", status=409)
    assert refused["code"] == "too_many_pins"


def test_pins_from_before_ones_joining_are_not_shown(place: UUID, ann: Person, eve: Person) -> None:
    Api(ann.token).call("PUT", f"/v1/conversations/{place}/pins/1", status=200)
    actions.add_members(conversation_id=place, user_ids=[eve.id], by=ann.id)
    assert Api(eve.token).get(f"/v1/conversations/{place}/pins")["items"] == []


def test_who_has_read_ones_own_message(place: UUID, ann: Person, bob: Person, eve: Person) -> None:
    actions.add_members(conversation_id=place, user_ids=[eve.id], by=ann.id)
    make.message(ann, place)
    log.mark([Mark(place, bob.id, 2), Mark(place, eve.id, None, 2)])
    readers = f"/v1/conversations/{place}/messages/2/readers"
    assert Api(ann.token).get(readers) == {"read": [str(bob.id)], "delivered": [str(eve.id)]}
    assert Api(bob.token).get(readers) == {"read": [], "delivered": []}, "not his message"
    User.objects.filter(pk=ann.id).update(read_receipts=False)
    assert Api(ann.token).get(readers) == {"read": [], "delivered": [str(eve.id)]}, "who shows nothing is shown nothing"


def test_who_came_later_has_not_read_what_was_before(place: UUID, ann: Person, bob: Person, eve: Person) -> None:
    actions.add_members(conversation_id=place, user_ids=[eve.id], by=ann.id)
    for person in (bob, eve):
        make.message(person, place)
    assert Api(ann.token).get(f"/v1/conversations/{place}/messages/1/readers") == {
        "read": [str(bob.id)],
        "delivered": [],
    }


def test_in_a_large_group_nobody_counts_readers(
    place: UUID, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(queries.marginalia.LIMITS, "group_marks", 1)
    log.mark([Mark(place, bob.id, 1)])
    assert database.run(queries.readers_of(ann.id, place, 1)) == {"read": [], "delivered": []}
