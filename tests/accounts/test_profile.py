"""What a person says of herself."""

import json
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.actions import update_profile
from accounts.models import User
from messaging.models import Entry
from messaging.rules import pair
from tests.accounts.conftest import Api

pytestmark = pytest.mark.django_db


def told(user: User) -> list[Any]:
    found = Entry.objects.filter(conversation_id=pair(user.pk, user.pk), kind=105).order_by("rev")
    return [json.loads(one.content or "null") for one in found]


def change(api: Api, said: object, status: int = 200) -> Any:
    return api.call("PATCH", "/v1/me", said, status=status)


def test_what_is_named_is_changed_and_told_to_the_other_devices(ann: User) -> None:
    api = Api().log_in("ann")
    said = {"bio": " Gardener ", "language": "pt-BR", "time_zone": "Europe/Lisbon"}
    me = change(api, said)
    assert me == api.get("/v1/me")
    assert (me["display_name"], me["bio"], me["language"], me["time_zone"]) == (
        "Ann",
        "Gardener",
        "pt-BR",
        "Europe/Lisbon",
    )
    assert change(api, {"display_name": "Anna", "bio": "Gardener"})["display_name"] == "Anna"
    assert change(api, {}) == change(api, {"bio": "Gardener"})
    assert told(ann) == [said | {"bio": "Gardener"}, {"display_name": "Anna"}]


def test_it_can_be_emptied_but_for_the_name(ann: User) -> None:
    api = Api().log_in("ann")
    change(api, {"bio": "Gardener", "language": "en", "time_zone": "UTC"})
    assert change(api, {"bio": "", "language": "", "time_zone": ""})["bio"] == ""
    assert change(api, {"display_name": ""}, 400)["code"] == "bad_name"


def test_a_number_is_one_persons_and_may_be_taken_away(ann: User, bob: User) -> None:
    api, other = Api().log_in("ann"), Api().log_in("bob")
    assert change(api, {"phone": "+4930123456"})["phone"] == "+4930123456"
    assert change(other, {"phone": "+4930123456"}, 400)["code"] == "phone_taken"
    assert change(api, {"phone": ""})["phone"] is None
    change(other, {"phone": "+4930123456"})
    assert change(other, {"phone": None})["phone"] is None
    assert told(ann) == [{"phone": "+4930123456"}, {"phone": None}]


@pytest.mark.django_db(transaction=True)
def test_a_change_of_number_waits_for_nobody_who_names_this_person(ann: User) -> None:
    with closing(connection.copy()) as other, other.cursor() as cursor, transaction.atomic():
        update_profile(user_id=ann.pk, changes={"phone": "+4930123456"})
        cursor.execute("set lock_timeout = '2s'")
        cursor.execute("select from accounts_user where id = %s for key share", [ann.pk])


def test_whether_a_number_has_an_account_is_not_asked_often(ann: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"change_phone": "1/d/user"}
    api = Api().log_in("ann")
    change(api, {"phone": "+4930123456"})
    assert change(api, {"phone": "+4930123457"}, 429)["code"] == "rate_limited"
    change(api, {"phone": ""})


def test_a_picture_has_an_address(ann: User) -> None:
    api = Api().log_in("ann")
    assert api.get("/v1/me")["avatar_url"] is None
    User.objects.update(avatar="01990c4e-8a00-7c31-9f0e-3b7d52a6c1e4")
    assert api.get("/v1/me")["avatar_url"] == "/v1/files/01990c4e-8a00-7c31-9f0e-3b7d52a6c1e4"
    change(api, {"avatar_url": "/v1/files/x", "avatar": "x"})
    assert api.get("/v1/me")["avatar_url"] == "/v1/files/01990c4e-8a00-7c31-9f0e-3b7d52a6c1e4"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"phone": "4930123456"}, "bad_phone"),
        ({"phone": "+49301"}, "bad_phone"),
        ({"phone": "+0301234567"}, "bad_phone"),
        ({"phone": "+4930123456789012"}, "bad_phone"),
        ({"phone": "+49 30 123456"}, "bad_phone"),
        ({"phone": "+49301234\u0665\u0666"}, "bad_phone"),
        ({"phone": "+4930123456\n"}, "bad_phone"),
        ({"phone": 4930123456}, "bad_request"),
        ({"bio": "x" * 501}, "bad_profile"),
        ({"bio": "a\0b"}, "bad_content"),
        ({"language": "english!"}, "bad_profile"),
        ({"language": "e" * 40}, "bad_profile"),
        ({"time_zone": "Mars/Olympus"}, "bad_profile"),
        ({"time_zone": "../../etc/passwd"}, "bad_profile"),
        ({"display_name": "\u202e"}, "bad_name"),
        ({"display_name": None}, "bad_request"),
        ({"bio": 3}, "bad_request"),
        ([], "bad_request"),
    ],
)
def test_what_is_not_taken_changes_nothing(ann: User, said: object, code: str) -> None:
    api = Api().log_in("ann")
    before = api.get("/v1/me")
    assert change(api, said, 400)["code"] == code
    assert api.get("/v1/me") == before
    assert told(ann) == []
