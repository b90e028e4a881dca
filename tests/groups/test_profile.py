"""What a group is called, decides and announces, and who may say so."""

from typing import Any
from uuid import uuid4

import pytest

from groups.models import Group
from messaging.models import Entry
from tests import make
from tests.groups.conftest import api, appoint, found, inside, refused, wishes
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


def test_a_founder_owns_the_group_and_others_come_in_or_are_asked(
    ann: Person, bob: Person, eve: Person, dan: Person
) -> None:
    for person, who in ((bob, "all"), (eve, "friends"), (dan, "nobody")):
        wishes(person, who)
    body = {"title": " Club ", "members": [str(one.id) for one in (bob, eve, dan)], "description": "We read."}
    answer = api(ann).post("/v1/groups", body, status=201)
    assert (answer["added"], answer["invited"]) == ([str(bob.id)], [str(eve.id), str(dan.id)])
    group = answer["group"]
    assert (group["title"], group["description"], group["role"], group["members"]) == ("Club", "We read.", "owner", 2)
    assert api(bob).get(f"/v1/groups/{group['id']}")["group"] == {**group, "role": "member"}
    assert [one["group"] for one in api(eve).get("/v1/group-invitations")["items"]] == [
        {"id": group["id"], "title": "Club"}
    ]


def test_a_founder_who_asks_again_gets_the_same_group(ann: Person) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first, again = (api(ann).post("/v1/groups", {"title": "Club"}, status=201, headers=key) for _ in range(2))
    assert first["group"] == again["group"]
    assert Group.objects.count() == 1
    refused(ann, "bad_request", "POST", "/v1/groups", {"title": 1}, status=400)


@pytest.mark.parametrize("title", ["", "   ", "x" * 65, "\u200b"])
def test_a_title_is_a_name(ann: Person, title: str) -> None:
    refused(ann, "bad_name", "POST", "/v1/groups", {"title": title}, status=400)
    refused(ann, "bad_name", "PATCH", f"/v1/groups/{found(ann)}", {"title": title}, status=400)


def test_a_stranger_learns_nothing(ann: Person, eve: Person) -> None:
    group = found(ann)
    for method, path, body in [
        ("GET", "", None),
        ("PATCH", "", {"title": "Mine"}),
        ("DELETE", "", None),
        ("GET", "/members", None),
        ("POST", "/members", {"users": []}),
        ("PUT", "/announcement", {"text": "x"}),
        ("GET", "/links", None),
        ("GET", "/bans", None),
        ("GET", "/join-requests", None),
        ("POST", "/join-requests", {}),
        ("POST", "/leave", None),
        ("DELETE", f"/members/{ann.id}", None),
    ]:
        for place in (group, str(uuid4())):
            refused(eve, "not_a_member", method, f"/v1/groups/{place}{path}", body, status=404)


def test_a_direct_conversation_is_no_group(ann: Person, bob: Person) -> None:
    direct = make.direct(ann, bob)
    refused(ann, "not_a_member", "GET", f"/v1/groups/{direct}", status=404)
    refused(ann, "not_a_member", "PATCH", f"/v1/groups/{direct}", {"title": "x"}, status=404)


OF_THE_OWNER = ("all_history", "takes_requests", "members_invite", "members_mention_all")


def test_admins_change_what_it_says_the_owner_how_it_works(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann, bob, cat)
    appoint(ann, group, bob)
    api(bob).call("PATCH", f"/v1/groups/{group}", {"title": "Readers", "slow_s": 30}, status=200)
    for who, change in (
        (cat, {"title": "Mine"}),
        (cat, {"slow_s": 0}),
        *((bob, {name: True}) for name in OF_THE_OWNER),
    ):
        refused(who, "needs_role", "PATCH", f"/v1/groups/{group}", change)
    changed = api(ann).call("PATCH", f"/v1/groups/{group}", {"all_history": True, "title": "Readers"}, status=200)
    assert (changed["group"]["all_history"], changed["group"]["title"]) == (True, "Readers")
    assert Door(cat).head(group)["title"] == "Readers"
    said = [e.content for e in Entry.objects.filter(conversation_id=group, seq=None).order_by("rev")][-2:]
    assert said == ['{"title": "Readers", "slow_s": 30}', '{"all_history": true}']


@pytest.mark.parametrize("change", [{"slow_s": -1}, {"slow_s": 86_401}, {"description": "x" * 1_001}])
def test_what_is_out_of_bounds_is_refused(ann: Person, change: dict[str, Any]) -> None:
    refused(ann, "bad_group", "PATCH", f"/v1/groups/{found(ann)}", change, status=400)


def test_only_admins_post_and_slow_mode_are_kept_by_the_log(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    said = {"key": str(uuid4()), "kind": "text", "content": {"text": "x"}}
    api(ann).call("PATCH", f"/v1/groups/{group}", {"only_admins_post": True}, status=200)
    refused(bob, "post_role", "POST", f"/v1/conversations/{group}/messages", said)
    api(ann).call("PATCH", f"/v1/groups/{group}", {"only_admins_post": False, "slow_s": 60}, status=200)
    api(bob).post(f"/v1/conversations/{group}/messages", said, status=201)
    refused(bob, "slow_mode", "POST", f"/v1/conversations/{group}/messages", {**said, "key": str(uuid4())})


def test_all_are_mentioned_by_admins_or_where_the_owner_says_so_by_everybody(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    path = f"/v1/conversations/{group}/messages"

    def dropped() -> list[str]:
        said = {"key": str(uuid4()), "kind": "text", "content": {"text": "x"}, "mentions": ["all"]}
        return list(api(bob).post(path, said, status=201).get("mentions_dropped", []))

    assert dropped() == ["all"]
    changed = api(ann).call("PATCH", f"/v1/groups/{group}", {"members_mention_all": True}, status=200)
    assert changed["group"]["members_mention_all"] is True
    assert dropped() == []
    edited = {"content": {"text": "y"}, "mentions": ["all"]}
    assert api(bob).call("PATCH", f"{path}/1", edited, status=200)["mentions"] == ["all"]
    api(ann).call("PATCH", f"/v1/groups/{group}", {"members_mention_all": False}, status=200)
    assert "mentions" not in api(bob).call("PATCH", f"{path}/1", edited, status=200)


def test_one_announcement_with_its_read_state(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann, bob, cat)
    path = f"/v1/groups/{group}/announcement"
    refused(bob, "needs_role", "PUT", path, {"text": "Mine"})
    for text in ("Tonight at 8", "Tonight at 9"):
        announced = api(ann).call("PUT", path, {"text": text}, status=200)["group"]["announcement"]
    assert (announced["text"], announced["number"], announced["by"]) == ("Tonight at 9", 2, str(ann.id))
    for number in (1, 2, 1, 99):
        api(bob).post(f"{path}/read", {"number": number}, status=204)
    assert api(bob).get(f"/v1/groups/{group}")["group"]["announcement"]["read"] is True
    assert api(cat).get(f"/v1/groups/{group}")["group"]["announcement"]["read"] is False
    for reader in (ann, cat):
        api(reader).post(f"{path}/read", {"number": 2}, status=204)
    assert api(ann).get(f"{path}/readers") == {"number": 2, "readers": 3}
    api(cat).post(f"/v1/groups/{group}/leave", None, status=204)
    assert api(ann).get(f"{path}/readers") == {"number": 2, "readers": 2}, "of those who are there"
    refused(bob, "needs_role", "GET", f"{path}/readers")
    assert api(ann).call("PUT", path, {"text": ""}, status=200)["group"]["announcement"] is None


def test_a_dismissed_group_stays_readable_and_is_closed_for_good(ann: Person, bob: Person, eve: Person) -> None:
    group = found(ann, bob)
    api(bob).post(
        f"/v1/conversations/{group}/messages",
        {"key": str(uuid4()), "kind": "text", "content": {"text": "last"}},
        status=201,
    )
    refused(bob, "needs_role", "DELETE", f"/v1/groups/{group}")
    for _ in range(2):
        api(ann).delete(f"/v1/groups/{group}", status=204)
    kinds = [e.kind_name for e in Entry.objects.filter(conversation_id=group).order_by("rev")]
    assert kinds.count("group.dismissed") == 1
    assert Door(bob).texts(group) == ["last"]
    said = {"key": str(uuid4()), "kind": "text", "content": {"text": "x"}}
    for who in (ann, bob):
        refused(who, "closed", "POST", f"/v1/conversations/{group}/messages", said)
    for method, path, body in [
        ("PATCH", "", {"title": "x"}),
        ("POST", "/members", {"users": [str(eve.id)]}),
        ("POST", "/transfer", {"user": str(bob.id)}),
    ]:
        refused(ann, "group_dismissed", method, f"/v1/groups/{group}{path}", body, status=409)
    for who in (ann, bob):
        api(who).post(f"/v1/groups/{group}/leave", None, status=204)
    assert inside(group) == set()
