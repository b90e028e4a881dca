from typing import Any
from uuid import UUID

import pytest

from accounts.models import User
from messaging.models import Member
from tests import make
from tests.accounts.conftest import Api
from tests.make import Person


@pytest.fixture
def cat(db: None) -> Person:
    return make.person("cat")


@pytest.fixture
def dan(db: None) -> Person:
    return make.person("dan")


def api(person: Person) -> Api:
    return Api(person.token)


def wishes(person: Person, who: str) -> None:
    """Who may put this person into groups."""
    User.objects.filter(pk=person.id).update(added_to_groups=who)


def found(owner: Person, *others: Person, **settings: Any) -> str:
    """The id of a new group with these people in it, by REST."""
    for other in others:
        wishes(other, "all")
    body = {"title": "Club", "members": [str(other.id) for other in others], **settings}
    answer = api(owner).post("/v1/groups", body, status=201)
    assert answer["added"] == [str(other.id) for other in others]
    return str(answer["group"]["id"])


def appoint(owner: Person, group: str, *others: Person) -> None:
    for other in others:
        api(owner).call("PATCH", f"/v1/groups/{group}/members/{other.id}", {"role": "admin"}, status=204)


def inside(group: str | UUID) -> set[UUID]:
    return set(Member.objects.filter(conversation_id=group).values_list("user_id", flat=True))


def roles(group: str) -> dict[UUID, int]:
    return dict(Member.objects.filter(conversation_id=group).values_list("user_id", "role"))


def refused(person: Person, code: str, method: str, path: str, body: Any = None, status: int = 403) -> Any:
    answer = api(person).call(method, path, body, status=status)
    assert answer["code"] == code, answer
    return answer
