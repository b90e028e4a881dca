from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from friends import actions
from friends.models import Friend, FriendRequest
from tests import make
from tests.accounts.conftest import Api
from tests.make import Person


@pytest.fixture(autouse=True)
def friends_only(settings: Any) -> None:
    settings.FRIENDS_ONLY = True


def ask(one: Person, other: Person, message: str = "", now: Any = None) -> FriendRequest | Friend:
    return actions.request(
        user_id=one.id, other_id=other.id, message=message, source="search", now=now or timezone.now()
    )


def befriend(one: Person, other: Person) -> None:
    ask(one, other)
    assert isinstance(ask(other, one), Friend)


def api(person: Person) -> Api:
    return Api(person.token)


def may_write(one: Person, other: Person) -> str:
    """The code of the refusal, or nothing."""
    conversation = make.direct(one, other)
    try:
        make.message(one, conversation)
    except Exception as e:
        return str(getattr(e, "code", e))
    return ""


def book(person: Person) -> dict[str, dict[str, Any]]:
    """What a new device fetches: friends and blocks by person, requests by id."""
    one = api(person)
    return {
        "friends": {found["person"]["id"]: found for found in one.get("/v1/friends")["items"]},
        "requests": {found["id"]: found for found in one.get("/v1/friend-requests")["items"]},
        "blocks": {found["person"]["id"]: found for found in one.get("/v1/blocks")["items"]},
    }


def edges() -> set[tuple[UUID, UUID]]:
    return set(Friend.objects.values_list("user_id", "friend_id"))
