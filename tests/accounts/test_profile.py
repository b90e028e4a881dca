"""What a person says of herself."""

import json
from typing import Any

import pytest

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


@pytest.mark.parametrize(
    ("said", "code"),
    [
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
