"""A group that was dismissed: readable, and closed for whatever would be written into it or decided in it."""

from typing import Any
from uuid import uuid4

import pytest

from groups.models import Invitation
from tests import make
from tests.groups.conftest import api, appoint, found, refused, wishes
from tests.make import Person
from tests.messaging.door import Door

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(ann: Person, bob: Person) -> str:
    made = found(ann, bob)
    for person in (ann, bob):
        Door(person).send(made, "before")
    return made


def dismiss(ann: Person, group: str) -> None:
    api(ann).delete(f"/v1/groups/{group}", status=204)


def test_only_the_owner_dismisses(group: str, ann: Person, bob: Person) -> None:
    refused(bob, "needs_role", "DELETE", f"/v1/groups/{group}")
    appoint(ann, group, bob)
    refused(bob, "needs_role", "DELETE", f"/v1/groups/{group}")
    dismiss(ann, group)


WRITING: list[tuple[str, str, Any]] = [
    ("PATCH", "messages/1", {"content": {"text": "after"}}),
    ("PUT", "messages/1/reactions/%F0%9F%91%8D", None),
    ("PUT", "pins/1", None),
    ("PATCH", "settings", {"nickname": "Annie"}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITING)
def test_nothing_is_written_into_it(group: str, ann: Person, bob: Person, method: str, path: str, body: Any) -> None:
    dismiss(ann, group)
    before = Door(bob).head(group)["rev"]
    refused(ann, "closed", method, f"/v1/conversations/{group}/{path}", body)
    assert Door(bob).head(group)["rev"] == before
    assert Door(bob).texts(group) == ["before", "before"]


def test_nothing_is_forwarded_into_it_and_all_of_it_elsewhere(group: str, ann: Person, bob: Person) -> None:
    aside = found(ann)
    dismiss(ann, group)
    for target, source, status in ((group, aside, 403), (aside, group, 200)):
        Door(ann).send(aside, "mine")
        wanted = {"conversation": source, "seqs": [1], "key": str(uuid4())}
        answer = api(ann).call("POST", f"/v1/conversations/{target}/forward", wanted, status=status)
        assert answer.get("code") == ("closed" if status == 403 else None)


def test_what_is_ones_own_goes_on(group: str, ann: Person, bob: Person) -> None:
    dismiss(ann, group)
    own = f"/v1/conversations/{group}"
    for method, path, body, status in [
        ("PATCH", "settings", {"archived": True}, 200),
        ("PUT", "messages/1/star", None, 204),
        ("DELETE", "messages/1?for=me", None, 204),
        ("POST", "clear", {"before_seq": 2}, 200),
    ]:
        api(bob).call(method, f"{own}/{path}", body, status=status)


DECIDING: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"title": "After"}),
    ("PUT", "/announcement", {"text": "After"}),
    ("PATCH", "/members/BOB", {"muted_until": "2100-01-01T00:00:00Z"}),
    ("PATCH", "/members/BOB", {"role": "admin"}),
    ("DELETE", "/members/BOB", None),
    ("PUT", "/bans/BOB", {}),
    ("POST", "/transfer", {"user": "BOB"}),
    ("POST", "/members", {"users": ["EVE"]}),
    ("POST", "/links", {}),
    ("POST", "/join-requests/DAN/approve", None),
]


@pytest.mark.parametrize(("method", "path", "body"), DECIDING)
def test_nothing_is_decided_in_it(group: str, ann: Person, bob: Person, method: str, path: str, body: Any) -> None:
    eve, dan = make.person("eve"), make.person("dan")
    people = {"BOB": str(bob.id), "EVE": str(eve.id), "DAN": str(dan.id)}
    api(ann).call("PATCH", f"/v1/groups/{group}", {"takes_requests": True}, status=200)
    api(dan).call("POST", f"/v1/groups/{group}/join-requests", {"message": ""}, status=200)
    dismiss(ann, group)
    for name, person in people.items():
        path = path.replace(name, person)
    if body and "user" in body:
        body = {"user": people["BOB"]}
    if body and "users" in body:
        body = {"users": [people["EVE"]]}
    refused(ann, "group_dismissed", method, f"/v1/groups/{group}{path}", body, status=409)


def test_nobody_comes_in_any_more(group: str, ann: Person, eve: Person, dan: Person) -> None:
    wishes(eve, "nobody")
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(eve.id)]})
    invitation = Invitation.objects.get(person_id=eve.id).pk
    link = api(ann).post(f"/v1/groups/{group}/links", {})["link"]["token"]
    dismiss(ann, group)
    refused(eve, "invitation_gone", "POST", f"/v1/group-invitations/{invitation}/accept", {}, status=404)
    refused(dan, "group_dismissed", "POST", f"/v1/group-links/{link}/join", {}, status=409)
    refused(dan, "not_a_member", "POST", f"/v1/groups/{group}/join-requests", {}, status=404)
