from uuid import uuid4

import pytest
from django.db import connection

from accounts import queries
from accounts.models import User
from tests.accounts.conftest import Api, sign_up

pytestmark = pytest.mark.django_db


def search(by: Api, text: str) -> list[str]:
    return [found["username"] for found in by.get(f"/v1/users?q={text}")["items"]]


@pytest.fixture
def me(ann: User) -> Api:
    for name in ("anna", "anton", "bob", "b_b"):
        sign_up(name)
    return Api().log_in("ann")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an", ["anna", "anton"]),
        ("ANNA", ["anna"]),
        ("%20an%20", ["anna", "anton"]),
        ("bob@example.com", ["bob"]),
        ("Bob@Example.com", ["bob"]),
        ("bob@example", []),
        ("ann@example.com", []),
        ("b_", ["b_b"]),
        ("a%25", []),
        ("b%5C", []),
        ("nn", []),
    ],
)
def test_people_are_found_by_how_their_name_begins_or_by_their_address(me: Api, text: str, found: list[str]) -> None:
    assert search(me, text) == found


def test_a_found_person_shows_no_address(me: Api) -> None:
    person = User.objects.get(username="bob")
    assert me.get("/v1/users?q=bob")["items"] == [{"id": str(person.pk), "username": "bob", "display_name": "bob"}]


def test_a_number_finds_who_wishes_it(me: Api) -> None:
    bob = Api().log_in("bob")
    bob.call("PATCH", "/v1/me", {"phone": "+4930123456"}, status=200)
    assert search(me, "%2B4930123456") == []
    assert bob.call("PATCH", "/v1/me/privacy", {"found_by_phone": True}, status=200)["found_by_phone"]
    assert search(me, "%2B4930123456") == ["bob"]
    assert search(me, "%2B493012345") == []
    assert search(bob, "%2B4930123456") == []
    User.objects.filter(username="bob").update(is_active=False)
    assert search(me, "%2B4930123456") == []


def test_a_closed_account_is_not_found(me: Api) -> None:
    User.objects.filter(username="anna").update(is_active=False)
    assert search(me, "an") == ["anton"]


def test_at_most_twenty_are_found(me: Api) -> None:
    User.objects.bulk_create(
        User(username=f"zed{i:02}", email=f"zed{i}@example.com", display_name="Zed") for i in range(25)
    )
    assert search(me, "zed") == [f"zed{i:02}" for i in range(20)]


@pytest.mark.parametrize(("text", "code"), [("", "bad_request"), ("a", "bad_request"), ("an%00", "bad_content")])
def test_a_search_says_enough(me: Api, text: str, code: str) -> None:
    assert me.get(f"/v1/users?q={text}", status=400)["code"] == code


def test_people_whom_one_has_met_are_named_by_their_ids(me: Api) -> None:
    User.objects.filter(username="anna").update(is_active=False)
    ids = [str(User.objects.get(username=name).pk) for name in ("bob", "anna")]
    items = me.get(f"/v1/users?ids={','.join([*ids, str(uuid4())])}")["items"]
    assert {one["id"]: one["username"] for one in items} == dict(zip(ids, ("bob", "anna"), strict=True))
    assert me.get("/v1/users?ids=")["items"] == []
    for ids in (["bob"], [str(uuid4()) for _ in range(101)]):
        assert me.get(f"/v1/users?ids={','.join(ids)}", status=400)["code"] == "bad_request"


def test_strangers_search_nothing(db: None) -> None:
    api = Api()
    assert api.get("/v1/users?q=ann", status=401)["code"] == "not_authenticated"
    assert api.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("text", "index"), [("an", "username_taken"), ("ann@example.com", "email_taken"), ("+4930123456", "phone_taken")]
)
def test_a_search_uses_an_index(ann: User, text: str, index: str) -> None:
    names = [f"stranger{i}" for i in range(2_000)]
    strangers = [User(username=name, email=f"{name}@example.com", display_name=name) for name in names]
    User.objects.bulk_create(strangers)
    with connection.cursor() as cursor:
        cursor.execute("analyze accounts_user")
    plan = queries.search(by=ann, text=text, without=User.objects.none()).explain()
    assert index in plan
    assert "Filter: ((username)" not in plan


def test_active_are_those_whose_account_is_open(ann: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert queries.active([ann.pk, bob.pk]) == {ann.pk}
