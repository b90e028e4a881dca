"""Who is what in a group; nobody acts on an equal or higher role."""

import json
from datetime import timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from groups import actions, tasks
from groups.models import Group
from messaging.models import Entry, Member
from messaging.rules import Role
from tests import make
from tests.friends.conftest import befriend
from tests.groups.conftest import api, appoint, found, inside, refused, roles, wishes
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db
ACTS = {
    "remove": ("DELETE", "members/{}", None),
    "mute": ("PATCH", "members/{}", {"muted_until": "2100-01-01T00:00:00Z"}),
    "ban": ("PUT", "bans/{}", {"reason": "spam"}),
}


@pytest.mark.parametrize(("act", "by", "of"), [*product(ACTS, Role, Role)])
def test_the_rights_table(act: str, by: Role, of: Role) -> None:
    owner, admins, members = make.person("o"), [make.person("a") for _ in "ab"], [make.person("m") for _ in "ab"]
    group = found(owner, *admins, *members)
    appoint(owner, group, *admins)
    people = {Role.OWNER: [owner, owner], Role.ADMIN: admins, Role.MEMBER: members}
    who, other = people[by][0], people[of][1]
    method, path, body = ACTS[act]
    path = f"/v1/groups/{group}/{path.format(other.id)}"
    if by == Role.MEMBER:
        refused(who, "needs_role", method, path, body)
    elif by <= of:
        refused(who, "outranked", method, path, body)
    else:
        api(who).call(method, path, body, status=204)
        assert (other.id in inside(group)) == (act == "mute")


@pytest.mark.parametrize(("act", "body"), [("PATCH", {"role": "admin"}), ("POST", None)])
def test_only_the_owner_appoints_and_transfers(ann: Person, bob: Person, cat: Person, act: str, body: object) -> None:
    group = found(ann, bob, cat)
    appoint(ann, group, bob)
    path = f"/v1/groups/{group}/" + (f"members/{cat.id}" if act == "PATCH" else "transfer")
    for who in (bob, cat):
        refused(who, "needs_role", act, path, body or {"user": str(cat.id)})


def test_an_owner_gives_the_group_away_and_is_an_admin_then(ann: Person, bob: Person, eve: Person) -> None:
    group = found(ann, bob)
    refused(ann, "not_in_group", "POST", f"/v1/groups/{group}/transfer", {"user": str(eve.id)}, status=404)
    api(ann).post(f"/v1/groups/{group}/transfer", {"user": str(bob.id)}, status=204)
    assert roles(group) == {ann.id: Role.ADMIN, bob.id: Role.OWNER}
    assert api(ann).get(f"/v1/groups/{group}")["group"]["role"] == "admin"


def test_an_owner_is_not_muted_for_nobody_could_lift_it(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    path = f"/v1/groups/{group}/members/{bob.id}"
    api(ann).call("PATCH", path, {"muted_until": "2100-01-01T00:00:00Z"}, status=204)
    api(ann).post(f"/v1/groups/{group}/transfer", {"user": str(bob.id)}, status=204)
    assert Door(bob).send(group)["seq"] == 1
    assert api(bob).get(f"/v1/groups/{group}")["group"]["muted_until"] is None
    told = [(e.kind_name, e.content) for e in Entry.objects.filter(conversation_id=group).order_by("rev")]
    assert [json.loads(content or "")["until"] for kind, content in told if kind == "member.muted"][1:] == [None]


def test_the_owner_goes_last_and_with_him_the_group(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    refused(ann, "owner_must_transfer", "POST", f"/v1/groups/{group}/leave", status=409)
    api(bob).post(f"/v1/groups/{group}/leave", None, status=204)
    refused(bob, "not_a_member", "POST", f"/v1/groups/{group}/leave", status=404)
    api(ann).post(f"/v1/groups/{group}/leave", None, status=204)
    assert inside(group) == set()


def test_a_group_passes_to_the_longest_serving_admin_else_member(
    ann: Person, bob: Person, cat: Person, dan: Person
) -> None:
    old, new = found(ann, bob, cat, dan), found(ann, bob, cat)
    for age, person in enumerate((dan, cat, bob)):
        Member.objects.filter(user_id=person.id).update(joined_at=timezone.now() - timedelta(days=9 - age))
    appoint(ann, old, bob, cat)
    assert set(map(str, actions.pass_on(user_id=ann.id))) == {old, new}
    assert roles(old) == {ann.id: Role.MEMBER, bob.id: Role.ADMIN, cat.id: Role.OWNER, dan.id: Role.MEMBER}
    assert roles(new) == {ann.id: Role.MEMBER, bob.id: Role.MEMBER, cat.id: Role.OWNER}
    assert actions.pass_on(user_id=ann.id) == []


def test_a_dismissed_group_passes_on_to_nobody(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    api(ann).delete(f"/v1/groups/{group}", status=204)
    User.objects.filter(pk=ann.id).update(is_active=False)
    tasks.pass_on()
    assert roles(group) == {ann.id: Role.OWNER, bob.id: Role.MEMBER}


def test_when_an_owners_account_is_closed_the_group_passes_on(ann: Person, bob: Person) -> None:
    group, alone = found(ann, bob), found(ann)
    tasks.pass_on()
    assert roles(group)[ann.id] == Role.OWNER
    User.objects.filter(pk=ann.id).update(is_active=False)
    for _ in range(2):
        tasks.pass_on()
    assert roles(group) == {ann.id: Role.MEMBER, bob.id: Role.OWNER}
    assert roles(alone) == {ann.id: Role.OWNER}


def test_who_is_muted_does_not_write_until_then(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    path = f"/v1/groups/{group}/members/{bob.id}"
    said = {"key": str(uuid4()), "kind": "text", "content": {"text": "x"}}
    api(ann).call("PATCH", path, {"muted_until": (timezone.now() + timedelta(hours=1)).isoformat()}, status=204)
    refused(bob, "muted", "POST", f"/v1/conversations/{group}/messages", said)
    api(ann).call("PATCH", path, {"muted_until": None}, status=204)
    api(bob).post(f"/v1/conversations/{group}/messages", said, status=201)


def test_who_is_banned_is_out_and_stays_out_until_then(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    path = f"/v1/groups/{group}/bans/{bob.id}"
    until = timezone.now() + timedelta(hours=1)
    api(ann).call("PUT", path, {"until": until.isoformat(), "reason": "spam"}, status=204)
    assert inside(group) == {ann.id}
    [ban] = api(ann).get(f"/v1/groups/{group}/bans")["items"]
    assert (ban["person"]["id"], ban["reason"], ban["by"]["id"]) == (str(bob.id), "spam", str(ann.id))
    link = api(ann).post(f"/v1/groups/{group}/links", {})["link"]["token"]
    refused(ann, "banned_from_group", "POST", f"/v1/groups/{group}/members", {"users": [str(bob.id)]})
    refused(bob, "banned_from_group", "POST", f"/v1/group-links/{link}/join", {})
    api(ann).call("PATCH", f"/v1/groups/{group}", {"takes_requests": True}, status=200)
    refused(bob, "banned_from_group", "POST", f"/v1/groups/{group}/join-requests", {})
    assert actions.join(user_id=bob.id, token=link, message="", now=until + timedelta(seconds=1)) == (UUID(group), None)


def test_a_ban_ends_what_was_asked(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann, takes_requests=True)
    wishes(bob, "nobody")
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})
    [invitation] = api(bob).get("/v1/group-invitations")["items"]
    api(cat).post(f"/v1/groups/{group}/join-requests", {})
    for person in (bob, cat):
        api(ann).call("PUT", f"/v1/groups/{group}/bans/{person.id}", {}, status=204)
    refused(bob, "invitation_gone", "POST", f"/v1/group-invitations/{invitation['id']}/accept", status=404)
    refused(ann, "join_gone", "POST", f"/v1/groups/{group}/join-requests/{cat.id}/approve", status=404)
    for person, what in [
        (bob, "group-invitations"),
        (cat, "group-join-requests"),
        (ann, f"groups/{group}/join-requests"),
    ]:
        assert api(person).get(f"/v1/{what}")["items"] == []
    refused(cat, "banned_from_group", "POST", f"/v1/groups/{group}/join-requests", {})
    assert inside(group) == {ann.id}


def test_an_owner_takes_an_admins_role_back(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    appoint(ann, group, bob)
    api(ann).call("PATCH", f"/v1/groups/{group}/members/{bob.id}", {"role": "member"}, status=204)
    assert roles(group)[bob.id] == Role.MEMBER
    refused(bob, "needs_role", "PATCH", f"/v1/groups/{group}", {"title": "Mine"})


def test_unbanned_one_may_come_again(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    api(ann).call("PUT", f"/v1/groups/{group}/bans/{bob.id}", {}, status=204)
    for _ in range(2):
        api(ann).delete(f"/v1/groups/{group}/bans/{bob.id}", status=204)
    assert api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})["added"] == [str(bob.id)]


def test_newcomers_see_what_follows_unless_the_group_opens_its_history(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann)
    Door(ann).send(group, "before")
    for person, is_open in ((bob, False), (cat, True)):
        api(ann).call("PATCH", f"/v1/groups/{group}", {"all_history": is_open}, status=200)
        wishes(person, "all")
        api(ann).post(f"/v1/groups/{group}/members", {"users": [str(person.id)]})
    Door(ann).send(group, "after")
    assert Door(bob).texts(group) == ["after"]
    assert Door(cat).texts(group) == ["before", "after"]
    assert [Door(person).head(group)["unread"] for person in (bob, cat)] == [1, 1]


def test_members_by_page_and_by_name(ann: Person) -> None:
    others = [make.person(name) for name in ("alba", "albert", "berta", "al_")]
    group = found(ann, *others)
    path, seen, after = f"/v1/groups/{group}/members", [], ""
    while after is not None:
        page = api(ann).get(f"{path}?limit=2" + (f"&after={after}" if after else ""))
        seen, after = [*seen, *(one["person"]["id"] for one in page["items"])], page["next"]
    assert seen == sorted(str(one.id) for one in (ann, *others))

    def names(q: str) -> set[str]:
        return {one["person"]["display_name"] for one in api(ann).get(f"{path}?q={q}")["items"]}

    assert names("ALB") == {"Alba", "Albert"}
    assert names("al_") == {"Al_"}
    assert names("%25") == set()


def test_a_limit_of_its_own(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann)
    Group.objects.filter(pk=group).update(limit=2)
    for person in (bob, cat):
        wishes(person, "all")
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})
    refused(ann, "group_full", "POST", f"/v1/groups/{group}/members", {"users": [str(cat.id)]}, status=409)


def test_friends_come_in_at_once_where_that_is_wished(ann: Person, bob: Person) -> None:
    befriend(ann, bob)
    wishes(bob, "friends")
    assert api(ann).post("/v1/groups", {"title": "x", "members": [str(bob.id)]}, status=201)["added"] == [str(bob.id)]


def test_one_sees_that_one_is_muted(ann: Person, bob: Person) -> None:
    group = found(ann, bob)
    until = "2099-01-01T00:00:00.000Z"
    api(ann).call("PATCH", f"/v1/groups/{group}/members/{bob.id}", {"muted_until": until}, status=204)
    seen = [api(one).get(f"/v1/groups/{group}")["group"]["muted_until"] for one in (ann, bob)]
    assert seen == [None, until]
