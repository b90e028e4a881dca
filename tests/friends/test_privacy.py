"""Who may ask, and by what one is found."""

import json
from typing import Any

import pytest

from messaging.models import Entry
from messaging.rules import pair
from tests import make
from tests.friends.conftest import api, ask, befriend, book
from tests.make import Person

pytestmark = pytest.mark.django_db


def wish(person: Person, status: int = 200, **wishes: Any) -> Any:
    return api(person).call("PATCH", "/v1/me/privacy", wishes, status=status)


def refused(one: Person, other: Person) -> bool:
    answer = api(one).client.post(
        "/v1/friend-requests",
        {"user": str(other.id)},
        content_type="application/json",
        headers={"authorization": f"Bearer {one.token}"},
    )
    return bool(answer.json().get("code") == "may_not_request")


def test_at_first_everybody_may_ask_and_find(ann: Person) -> None:
    expected = {"friend_requests": "all", "found_by_name": True, "found_by_email": True, "read_receipts": True}
    assert api(ann).get("/v1/me/privacy").items() >= expected.items()


@pytest.mark.parametrize(("friends_only", "seen_by"), [(True, "friends"), (False, "all")])
def test_at_first_friends_see_one_online_or_all_where_nobody_needs_friends(
    settings: Any, db: None, friends_only: bool, seen_by: str
) -> None:
    settings.FRIENDS_ONLY = friends_only
    assert api(make.person("new")).get("/v1/me/privacy")["presence"] == seen_by


def test_nobody_may_ask_who_wants_nobody_to(ann: Person, bob: Person) -> None:
    wish(ann, friend_requests="nobody")
    assert refused(bob, ann)
    ask(ann, bob)
    assert not refused(bob, ann)  # whom she has asked may say yes
    assert str(ann.id) in book(bob)["friends"]


def test_friends_of_friends_may_ask(ann: Person, bob: Person, eve: Person) -> None:
    wish(ann, friend_requests="friends_of_friends")
    befriend(eve, bob)
    assert refused(bob, ann)
    befriend(ann, eve)
    assert not refused(bob, ann)
    assert refused(make.person("cat"), ann)


def test_one_is_found_by_what_one_likes(ann: Person, bob: Person) -> None:
    def found() -> list[bool]:
        texts = (ann.username, f"{ann.username}@example.com")
        return [bool(api(bob).get(f"/v1/users?q={text}")["items"]) for text in texts]

    assert found() == [True, True]
    wish(ann, found_by_name=False)
    assert found() == [False, True]
    wish(ann, found_by_name=True, found_by_email=False)
    assert found() == [True, False]


def test_the_other_devices_hear_of_it(ann: Person) -> None:
    wish(ann, friend_requests="nobody", found_by_name=True)
    wish(ann, friend_requests="nobody")
    entries = Entry.objects.filter(conversation_id=pair(ann.id, ann.id), kind=101)
    assert [json.loads(entry.content or "") for entry in entries] == [{"friend_requests": "nobody"}]


@pytest.mark.parametrize("wishes", [{"friend_requests": "some"}, {"found_by_name": "no"}, {"found_by_email": None}])
def test_what_is_not_taken_changes_nothing(ann: Person, wishes: Any) -> None:
    assert wish(ann, 400, **wishes)["code"] == "bad_request"
    assert api(ann).get("/v1/me/privacy")["friend_requests"] == "all"
