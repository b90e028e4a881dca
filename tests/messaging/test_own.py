"""What a person notes for himself: nobody else hears of it, all of his devices do."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from imserver import database
from messaging import actions, queries
from messaging.models import Conversation, Entry, Member
from messaging.rules import pair
from tests import make
from tests.accounts.conftest import Api
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(ann: Person, bob: Person) -> UUID:
    found = make.direct(ann, bob)
    for text in ("one", "two", "three"):
        make.message(ann, found, text)
    return found


def own_log(person: Person) -> list[tuple[str, Any]]:
    entries = Entry.objects.filter(conversation_id=pair(person.id, person.id)).order_by("rev")
    return [(entry.kind_name, json.loads(entry.content or "{}")) for entry in entries]


def rev(place: UUID) -> int:
    return Conversation.objects.get(pk=place).rev


def hide(person: Person, place: UUID, seq: int, status: int = 204) -> Any:
    return Api(person.token).call("DELETE", f"/v1/conversations/{place}/messages/{seq}?for=me", status=status)


def test_a_message_deleted_for_me_is_gone_for_me_alone_and_read(place: UUID, ann: Person, bob: Person) -> None:
    before = rev(place)
    for _ in range(2):
        hide(bob, place, 2)
    assert Door(bob).texts(place) == ["one", "three"]
    assert Door(ann).texts(place) == ["one", "two", "three"]
    assert (Door(bob).head(place)["unread"], rev(place)) == (2, before)
    assert own_log(bob) == [("message.hidden", {"conversation": str(place), "seq": 2})]
    assert hide(bob, place, 9, status=404)["code"] == "message_not_found"


def test_what_is_deleted_for_me_does_not_come_back_by_a_pull(place: UUID, ann: Person, bob: Person) -> None:
    hide(bob, place, 2)
    items = [json.loads(item) for item in database.run(queries.pull(bob.id, place, 0, 200)).items]
    assert [(item["content"] or {}).get("text") for item in items] == ["one", None, "three"]
    assert items[1]["hidden"] is True
    assert "two" in str(database.run(queries.pull(ann.id, place, 0, 200)).items)


def test_a_cleared_history_never_comes_back(place: UUID, ann: Person, bob: Person) -> None:
    path = f"/v1/conversations/{place}/clear"
    head = Api(bob.token).post(path, {"before_seq": 2})
    assert (head["unread"], Door(bob).texts(place)) == (1, ["three"])
    Api(bob.token).post(path, {"before_seq": 1})
    assert Door(bob).texts(place) == ["three"]
    gone = Api(bob.token).post(path, {"before_seq": 2**53 - 1})
    assert (gone["unread"], "last" in gone) == (0, False)
    make.message(ann, place, "four")
    assert Door(bob).texts(place) == ["four"]
    assert [content["before_seq"] for _, content in own_log(bob)] == [2, 3]


def test_what_is_gone_for_me_comes_back_by_no_way(place: UUID, ann: Person, bob: Person) -> None:
    """Deleted first, then cleared: no text of it is told, and nothing can be done with it."""
    hide(bob, place, 1)
    Api(bob.token).post(f"/v1/conversations/{place}/clear", {"before_seq": 2})
    hide(bob, place, 3)
    make.message(ann, place, "four")
    door = Door(bob)
    pulled = door.pull(place, after_rev=0)["items"]
    assert [(one["content"] or {}).get("text") for one in pulled] == [None, None, None, "four"]
    assert [one.get("hidden", False) for one in pulled] == [True, True, True, False]
    aside = make.group(bob)
    for seq in (1, 2, 3):
        path = f"/v1/conversations/{place}/messages/{seq}"
        copy = {"conversation": str(place), "seqs": [seq], "key": str(uuid4())}
        refused = [
            door.get(path, status=404),
            door.call("PUT", f"{path}/reactions/%F0%9F%91%8D", status=404),
            door.call("PUT", f"/v1/conversations/{place}/pins/{seq}", status=404),
            door.post(f"/v1/conversations/{aside}/forward", copy, status=404),
            door.edit(place, seq, "mine now", status=404),
            door.recall(place, seq, status=404),
        ]
        assert {one["code"] for one in refused} == {"message_not_found"}
    assert Door(ann).texts(place) == ["one", "two", "three", "four"]


def star(person: Person, place: UUID, seq: int, method: str = "PUT", status: int = 204) -> Any:
    return Api(person.token).call(method, f"/v1/conversations/{place}/messages/{seq}/star", status=status)


def test_stars_the_latest_first_and_by_page(place: UUID, ann: Person, bob: Person) -> None:
    for seq in (2, 1, 3, 2):
        star(bob, place, seq)
    page = Api(bob.token).get("/v1/starred?limit=2")
    assert [(one["conversation"], one["seq"]) for one in page["items"]] == [(str(place), 3), (str(place), 1)]
    rest = Api(bob.token).get(f"/v1/starred?limit=2&before={page['next']}")
    assert ([one["content"]["text"] for one in rest["items"]], rest["next"]) == (["two"], None)
    for _ in range(2):
        star(bob, place, 3, "DELETE")
    assert [kind for kind, _ in own_log(bob)] == ["message.starred"] * 3 + ["message.unstarred"]
    assert Api(ann.token).get("/v1/starred")["items"] == []


def test_what_one_may_not_see_any_more_is_no_star(place: UUID, ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    make.message(ann, group)
    for where, seq in ((place, 1), (place, 2), (place, 3), (group, 1)):
        star(bob, where, seq)
    hide(bob, place, 3)
    Api(bob.token).post(f"/v1/conversations/{place}/clear", {"before_seq": 1})
    Api(ann.token).call("DELETE", f"/v1/conversations/{place}/messages/2", status=200)
    actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    assert Api(bob.token).get("/v1/starred")["items"] == []
    assert star(bob, place, 2, status=409)["code"] == "recalled"
    assert star(bob, group, 1, status=404)["code"] == "not_a_member"


def test_a_message_deleted_for_me_cannot_be_kept(place: UUID, bob: Person) -> None:
    """It would be told to one's devices, and be in no list."""
    hide(bob, place, 2)
    assert star(bob, place, 2, status=404)["code"] == "message_not_found"
    assert [kind for kind, _ in own_log(bob)] == ["message.hidden"]


def test_who_leaves_a_group_and_comes_back_finds_nothing_noted(ann: Person, bob: Person) -> None:
    """His devices have forgotten it with the group."""
    group = make.group(ann, bob)
    make.message(ann, group)
    star(bob, group, 1)
    Api(bob.token).call("PUT", f"/v1/conversations/{group}/draft", {"draft": {"text": "Well"}}, status=204)
    actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    actions.add_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    Member.objects.filter(conversation_id=group, user_id=bob.id).update(from_seq=0)  # as where all history is open
    assert Api(bob.token).get("/v1/drafts")["items"] == []
    assert Api(bob.token).get("/v1/starred")["items"] == []


def test_there_is_an_end_of_stars(place: UUID, bob: Person, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "stars": 1}
    star(bob, place, 1)
    assert star(bob, place, 2, status=409)["code"] == "too_many_stars"


def test_drafts_come_in_pages_the_latest_first(bob: Person, ann: Person, eve: Person) -> None:
    places = [make.group(bob, other) for other in (ann, eve, bob)]
    for place in places:
        Api(bob.token).call("PUT", f"/v1/conversations/{place}/draft", {"draft": {"text": "Hi"}}, status=204)
    page = Api(bob.token).get("/v1/drafts?limit=2")
    rest = Api(bob.token).get(f"/v1/drafts?limit=2&before={page['next']}")
    assert [one["conversation"] for one in page["items"] + rest["items"]] == [str(place) for place in places[::-1]]
    assert rest["next"] is None


def test_a_draft_is_there_on_every_device_until_it_is_gone(place: UUID, bob: Person) -> None:
    path = f"/v1/conversations/{place}/draft"
    for text in ("H", "Hi", "Hi"):
        Api(bob.token).call("PUT", path, {"draft": {"text": text}}, status=204)
    assert Api(bob.token).get("/v1/drafts")["items"] == [{"conversation": str(place), "draft": {"text": "Hi"}}]
    for _ in range(2):
        Api(bob.token).call("DELETE", path, status=204)
    assert Api(bob.token).get("/v1/drafts")["items"] == []
    assert Api(bob.token).get(path) == {"conversation": str(place), "draft": None}


def test_nothing_unsent_stays_in_the_log(place: UUID, bob: Person) -> None:
    path = f"/v1/conversations/{place}/draft"
    for text in ("My secret", "My other secret"):
        Api(bob.token).call("PUT", path, {"draft": {"text": text}}, status=204)
    assert Api(bob.token).get(path)["draft"] == {"text": "My other secret"}
    Api(bob.token).call("DELETE", path, status=204)
    assert [content["empty"] for _, content in own_log(bob)] == [False, False, True]
    assert "secret" not in str(own_log(bob))


@pytest.mark.parametrize(
    "draft", ['"text"', '{"a":NaN}', '{"a":"\\u0000"}', '{"a":1,"a":2}', '{"a":"%s"}' % ("x" * 32_768)]
)
def test_a_draft_is_an_object_as_a_message_takes_it(place: UUID, bob: Person, draft: str) -> None:
    refused = Api(bob.token).call("PUT", f"/v1/conversations/{place}/draft", f'{{"draft":{draft}}}', status=400)
    assert refused["code"] in ("bad_content", "bad_json")


def test_a_stranger_notes_nothing(place: UUID, eve: Person) -> None:
    for method, path, body in [
        ("PUT", "draft", {"draft": {"text": "x"}}),
        ("PATCH", "settings", {"pinned": True}),
        ("POST", "clear", {"before_seq": 1}),
        ("PUT", "messages/1/star", None),
        ("GET", "pins", None),
    ]:
        refused = Api(eve.token).call(method, f"/v1/conversations/{place}/{path}", body, status=404)
        assert refused["code"] == "not_a_member"
    assert own_log(eve) == []


def settle(person: Person, place: UUID, **settings: Any) -> Any:
    return Api(person.token).call("PATCH", f"/v1/conversations/{place}/settings", settings, status=200)


def test_settings_of_ones_own_stand_in_the_head(place: UUID, ann: Person, bob: Person) -> None:
    head = settle(bob, place, pinned=True, archived=True, notify="mentions", marked_unread=True)
    assert {name: head[name] for name in ("pinned", "archived", "notify", "marked_unread")} == {
        "pinned": True,
        "archived": True,
        "notify": "mentions",
        "marked_unread": True,
    }
    assert settle(bob, place, pinned=True) == head, "nothing new, nothing told"
    assert len(own_log(bob)) == 1
    usual = settle(bob, place, pinned=False, archived=False, notify="all")
    assert usual.keys().isdisjoint({"pinned", "archived", "notify"})
    read = Api(bob.token).post(f"/v1/conversations/{place}/mark", {"read_seq": 3})
    assert read["read_seq"] == 3
    assert "marked_unread" not in Door(bob).head(place)
    assert "pinned" not in Door(ann).head(place)


def test_a_nickname_is_a_name(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    settle(bob, group, nickname=" Bobby ")
    assert Member.objects.get(user_id=bob.id, conversation_id=group).nickname == "Bobby"
    refused = Api(bob.token).call("PATCH", f"/v1/conversations/{group}/settings", {"nickname": "x" * 65}, status=400)
    assert refused["code"] == "bad_name"
    settle(bob, group, nickname="")
    assert Member.objects.get(user_id=bob.id, conversation_id=group).nickname == ""
    told = [
        json.loads(one.content or "") for one in Entry.objects.filter(conversation_id=group, kind=71).order_by("rev")
    ]
    assert told == [{"user": str(bob.id), "nickname": name} for name in ("Bobby", "")]


def test_what_one_calls_a_friend_in_a_pair_is_told_to_nobody(place: UUID, ann: Person, bob: Person) -> None:
    rev = Door(ann).head(place)["rev"]
    settle(bob, place, nickname="Bobby")
    assert Door(ann).head(place)["rev"] == rev


def test_the_badge_counts_what_is_not_muted(place: UUID, ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    make.message(ann, group)
    assert Api(bob.token).get("/v1/badge") == {"unread": 4}
    settle(bob, place, notify="nothing")
    assert Api(bob.token).get("/v1/badge") == {"unread": 1}
    settle(bob, group, notify="mentions")
    assert Api(bob.token).get("/v1/badge") == {"unread": 0}


def test_the_badge_leaves_out_what_is_gone(place: UUID, ann: Person, bob: Person) -> None:
    make.message(ann, place, "four")
    gone = [
        lambda: Door(ann).recall(place, 2),
        lambda: hide(bob, place, 3),
        lambda: Api(bob.token).post(f"/v1/conversations/{place}/clear", {"before_seq": 3}),
    ]
    counts = []
    for act in gone:
        act()
        counts.append(Api(bob.token).get("/v1/badge")["unread"])
    assert counts == [3, 2, 1]


def test_a_change_of_what_is_deleted_for_me_brings_nothing_back(place: UUID, ann: Person, bob: Person) -> None:
    hide(bob, place, 2)
    Door(ann).edit(place, 2, "two, better")
    items = [json.loads(item) for item in database.run(queries.pull(bob.id, place, 3, 200)).items]
    assert [(item["kind"], item["target"], "state" in item) for item in items] == [("edit", 2, False)]


def test_a_mention_that_is_deleted_for_me_counts_no_more(ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    Door(ann).send(group, "you", mentions=[str(bob.id)])
    assert Door(bob).head(group)["mentions"] == 1
    hide(bob, group, 1)
    assert Door(bob).head(group)["mentions"] == 0
