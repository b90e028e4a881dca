"""Groups of a host app: its server decides who is in them, by API key, and nobody is asked."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from groups import actions
from groups.models import Group, Invitation, JoinRequest
from messaging.models import Conversation, Entry, Member
from messaging.rules import Role, pair
from tests import make
from tests.accounts.conftest import Api
from tests.accounts.test_services import key
from tests.groups.conftest import api, found, inside, roles, wishes
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db
PATH = "/v1/server/groups"


@pytest.fixture
def shop(db: None) -> Api:
    return Api(key("--scope=groups"))


def customer(number: int) -> User:
    return User.objects.create_user(f"customer-{number}", None, None, external_id=str(number), added_to_groups="nobody")


def notices(group: str) -> list[tuple[str, Any]]:
    entries = Entry.objects.filter(conversation_id=group, seq=None).order_by("rev")
    return [(entry.kind_name, json.loads(entry.content or "{}")) for entry in entries]


def own_log(user_id: UUID) -> list[str]:
    return [one.kind_name for one in Entry.objects.filter(conversation_id=pair(user_id, user_id)).order_by("rev")]


def put(shop: Api, group: str, *members: dict[str, Any], status: int = 200) -> Any:
    return shop.call("PUT", f"{PATH}/{group}/members", {"members": [*members]}, status=status)


def test_a_group_is_made_for_people_by_either_id_and_once_by_its_key(shop: Api, ann: Person, bob: Person) -> None:
    seventeen, headers = customer(17), {"idempotency-key": str(uuid4())}
    wishes(bob, "nobody")
    body = {
        "title": "Order 5",
        "owner": {"external_id": "17"},
        "members": [{"id": str(ann.id), "role": "admin"}, {"id": str(bob.id)}, {"external_id": "17"}],
        "only_admins_post": True,
    }
    made = shop.post(PATH, body, status=201, headers=headers)
    group = made["group"]["id"]
    assert (made["added"], made["banned"], made["group"]["members"], made["group"]["limit"]) == (2, [], 3, 500)
    assert made["group"]["owner"] == {"id": str(seventeen.pk), "external_id": "17"}
    assert roles(group) == {seventeen.pk: Role.OWNER, ann.id: Role.ADMIN, bob.id: Role.MEMBER}
    assert shop.post(PATH, body, status=201, headers=headers)["group"] == made["group"]
    assert shop.get(f"{PATH}/{group}") == {"group": made["group"]}
    assert Group.objects.count() == 1
    assert own_log(bob.id) == ["conversation.joined"]
    assert ("member.joined", {"user": str(bob.id), "via": "import"}) in notices(group)
    assert api(ann).get(f"/v1/groups/{group}")["group"]["only_admins_post"]


def test_a_bot_owns_what_it_makes_for_nobody_and_writes_there(shop: Api, ann: Person) -> None:
    group = shop.post(PATH, {"title": "News", "members": [{"id": str(ann.id)}]}, status=201)["group"]["id"]
    said = {"key": str(uuid4()), "kind": "text", "content": {"text": "Your parcel is here"}}
    shop.post(f"/v1/conversations/{group}/messages", said, status=201)
    assert Door(ann).texts(group) == ["Your parcel is here"]
    other = shop.post(PATH, {"title": "x", "owner": {"id": str(ann.id)}}, status=201)["group"]["id"]
    said |= {"key": str(uuid4())}
    assert shop.post(f"/v1/conversations/{other}/messages", said, status=404)["code"] == "not_a_member"
    put(shop, other, {"id": shop.get("/v1/me")["id"]})
    shop.post(f"/v1/conversations/{other}/messages", said, status=201)


def test_members_are_put_in_moved_and_taken_out_as_often_as_it_is_said(shop: Api, ann: Person, bob: Person) -> None:
    customer(17)
    group = shop.post(PATH, {"title": "x"}, status=201)["group"]["id"]
    people = [{"external_id": "17"}, {"id": str(ann.id)}, {"id": str(bob.id), "role": "admin"}]
    assert [put(shop, group, *people)["added"] for _ in range(2)] == [3, 0]
    assert roles(group)[bob.id] == Role.ADMIN
    put(shop, group, {"id": str(bob.id), "role": "member"}, {"id": str(ann.id)})
    assert (roles(group)[bob.id], roles(group)[ann.id]) == (Role.MEMBER, Role.MEMBER)
    path, gone = f"{PATH}/{group}/members/remove", {"members": people[:2]}
    User.objects.filter(external_id="17").update(is_active=False)
    assert [shop.post(path, gone)["removed"] for _ in range(2)] == [2, 0]
    assert [kind for kind, _ in notices(group)] == [
        "group.updated",
        *["member.joined"] * 3,
        *["member.role"] * 2,
        *["member.left"] * 2,
    ]
    assert own_log(ann.id) == ["conversation.joined", "conversation.left"]


def test_many_at_once_are_one_notice(shop: Api, ann: Person) -> None:
    everybody = [customer(number) for number in range(30)]
    group = shop.post(PATH, {"title": "x", "members": [{"id": str(ann.id)}]}, status=201)["group"]["id"]
    members = [{"external_id": str(number)} for number in range(30)]
    put(shop, group, *members)
    put(shop, group, *({**one, "role": "admin"} for one in members))
    shop.post(f"{PATH}/{group}/members/remove", {"members": members[:25]})
    assert notices(group)[2:] == [
        ("members.changed", {"joined": 30, "via": "import"}),
        ("members.changed", {"roles": 30}),
        ("members.changed", {"left": 25, "how": "removed"}),
    ]
    assert [own_log(user.pk)[-1] for user in everybody] == ["conversation.left"] * 25 + ["conversation.joined"] * 5
    assert Conversation.objects.get(pk=group).members == Member.objects.filter(conversation_id=group).count() == 7


def test_what_is_said_of_a_group_is_changed_and_it_is_given_away(shop: Api, ann: Person, eve: Person) -> None:
    group = shop.post(PATH, {"title": "x", "members": [{"id": str(ann.id)}]}, status=201)["group"]["id"]
    path, bot = f"{PATH}/{group}", UUID(shop.get("/v1/me")["id"])
    changed = shop.call("PATCH", path, {"title": "New", "slow_s": 9, "owner": {"id": str(ann.id)}}, status=200)["group"]
    assert (changed["title"], changed["slow_s"], changed["owner"]["id"]) == ("New", 9, str(ann.id))
    assert roles(group) == {ann.id: Role.OWNER, bot: Role.ADMIN}
    assert shop.call("PATCH", path, {"owner": {"id": str(ann.id)}}, status=200)["group"] == changed
    assert shop.call("PATCH", path, {"owner": {"id": str(eve.id)}}, status=404)["code"] == "not_in_group"
    put(shop, group, {"id": str(ann.id), "role": "member"})
    assert roles(group)[ann.id] == Role.OWNER, "the owner stays what he is"
    gone = {"members": [{"id": str(ann.id)}]}
    assert shop.post(f"{path}/members/remove", gone, status=409)["code"] == "owner_must_transfer"
    for _ in range(2):
        shop.delete(path, status=204)
    assert api(ann).get(f"/v1/groups/{group}")["group"]["dismissed"]
    assert put(shop, group, {"id": str(eve.id)}, status=409)["code"] == "group_dismissed"
    assert [kind for kind, _ in notices(group)].count("group.dismissed") == 1


def test_who_is_banned_is_left_out_and_named(shop: Api, ann: Person, bob: Person, eve: Person) -> None:
    group = shop.post(PATH, {"title": "x", "owner": {"id": str(ann.id)}}, status=201)["group"]["id"]
    actions.ban(user_id=ann.id, group_id=UUID(group), other_id=bob.id, why=actions.Reason(), now=timezone.now())
    assert put(shop, group, {"id": str(bob.id)}, {"id": str(eve.id)}) == {"added": 1, "banned": [str(bob.id)]}
    assert inside(group) == {ann.id, eve.id}


def test_what_was_open_is_answered_by_an_import(shop: Api, ann: Person, bob: Person, cat: Person) -> None:
    made = {"title": "x", "owner": {"id": str(ann.id)}, "takes_requests": True}
    group = shop.post(PATH, made, status=201)["group"]["id"]
    wishes(bob, "nobody")
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})
    api(cat).post(f"/v1/groups/{group}/join-requests", {})
    put(shop, group, {"id": str(bob.id)}, {"id": str(cat.id)})
    assert (Invitation.objects.get().state, JoinRequest.objects.get().state) == (2, 2)
    assert own_log(ann.id)[-1] == "join.closed"
    assert own_log(bob.id)[-1] == "invitation.closed"


def test_the_limit_holds_until_staff_give_the_group_one_of_its_own(shop: Api, ann: Person, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "group_members": 2}
    people = [{"id": str(make.person("p").id)} for _ in range(3)]
    group = shop.post(PATH, {"title": "x", "members": people[:1]}, status=201)["group"]["id"]
    assert put(shop, group, *people, status=409)["code"] == "group_full"
    Group.objects.update(limit=20_000)
    assert put(shop, group, *people)["added"] == 2
    assert shop.get(f"{PATH}/{group}")["group"]["limit"] == 10_000, "and never above the ceiling"


@pytest.mark.parametrize(
    ("members", "code", "status"),
    [
        ([{}], "bad_request", 400),
        ([{"external_id": "17", "id": str(uuid4())}], "bad_request", 400),
        ([{"external_id": "\0"}], "bad_request", 400),
        ([{"external_id": "nobody"}], "person_not_found", 404),
        ([{"id": str(uuid4())}], "person_not_found", 404),
        ([{"external_id": "17", "role": "owner"}], "bad_request", 400),
        ([{"external_id": "closed"}], "person_not_found", 404),
        ([{"external_id": "17"}] * 1001, "bad_request", 400),
    ],
)
def test_what_is_no_such_person_is_named(shop: Api, members: list[Any], code: str, status: int) -> None:
    customer(17)
    User.objects.create_user("closed", None, None, external_id="closed", is_active=False)
    group = shop.post(PATH, {"title": "x"}, status=201)["group"]["id"]
    refused = put(shop, group, {"external_id": "17"}, *members, status=status)
    assert refused["code"] == code
    assert code != "person_not_found" or refused["details"] == {"members": [*members[0].values()]}
    assert len(inside(group)) == 1, "nobody comes in where one is not there"


def test_a_key_manages_the_groups_of_its_own_account_alone(shop: Api, ann: Person, bob: Person) -> None:
    theirs, other = found(ann, bob), Api(key("--scope=groups", name="other"))
    mine = shop.post(PATH, {"title": "x"}, status=201)["group"]["id"]
    for by, group in ((shop, theirs), (other, mine), (shop, str(uuid4()))):
        one = {"members": [{"id": str(ann.id)}]}
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"title": "y"}),
            ("DELETE", "", None),
            ("PUT", "/members", one),
            ("POST", "/members/remove", one),
        ):
            assert by.call(method, f"{PATH}/{group}{path}", body, status=404)["code"] == "not_a_member"
    assert inside(theirs) == {ann.id, bob.id}
    assert Api(key("--scope=act", name="third")).post(PATH, {"title": "x"}, status=403)["code"] == "scope_missing"
    assert api(ann).post(PATH, {"title": "x"}, status=401)["code"] == "key_invalid"


def test_whoever_it_acts_as_the_group_is_the_services(ann: Person) -> None:
    both = Api(key("--scope=groups", "--scope=act"))
    customer(17)
    made = both.post(PATH, {"title": "x"}, status=201, headers={"x-act-as": "17"})["group"]
    assert made["owner"]["id"] == both.get("/v1/me")["id"]


def test_who_was_muted_is_so_after_an_import_too(shop: Api, ann: Person, bob: Person) -> None:
    group = shop.post(PATH, {"title": "x", "owner": {"id": str(ann.id)}}, status=201)["group"]["id"]
    put(shop, group, {"id": str(bob.id)})
    until = timezone.now() + timedelta(hours=1)
    actions.mute(user_id=ann.id, group_id=UUID(group), other_id=bob.id, until=until)
    shop.post(f"{PATH}/{group}/members/remove", {"members": [{"id": str(bob.id)}]})
    put(shop, group, {"id": str(bob.id)})
    assert Member.objects.get(conversation_id=group, user_id=bob.id).muted_until == until
