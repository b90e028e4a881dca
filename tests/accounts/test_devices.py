"""One's log-ins: seen, named, ended."""

import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Device, Revoked, User
from imserver.realtime import push
from messaging.models import Entry
from messaging.rules import pair
from tests.accounts.conftest import PASSWORD, Api

pytestmark = pytest.mark.django_db
FIELDS = {"id", "name", "platform", "app_version", "address", "created_at", "last_seen_at", "current"}


def log_in(username: str, name: str) -> Api:
    said = {"x-device-name": name, "x-device-platform": "ios", "x-app-version": "1.2"}
    api = Api()
    meta = api.post("/v1/auth/login", {"username": username, "password": PASSWORD}, headers=said)["meta"]
    api.token, api.refresh = meta["access_token"], meta["refresh_token"]  # type: ignore[attr-defined]
    return api


def told(user: User) -> list[tuple[int, Any]]:
    """(kind, content) of the person's self log."""
    found = Entry.objects.filter(conversation_id=pair(user.pk, user.pk)).order_by("rev")
    return [(one.kind, json.loads(one.content or "null")) for one in found]


def test_a_person_sees_all_log_ins_the_latest_first(ann: User, bob: User) -> None:
    log_in("bob", "not hers")
    phone = log_in("ann", "phone")
    tablet = log_in("ann", "tablet")
    found = tablet.get("/v1/me/devices")["items"]
    assert [(one["name"], one["current"]) for one in found] == [("tablet", True), ("phone", False)]
    assert all(set(one) == FIELDS and one["platform"] == "ios" and one["app_version"] == "1.2" for one in found)
    assert all(one["address"].startswith("10.") for one in found)
    assert [one["current"] for one in phone.get("/v1/me/devices")["items"]] == [False, True]


def test_a_log_in_is_told_to_the_other_devices(ann: User) -> None:
    log_in("ann", "phone")
    device = Device.objects.get()
    said = {"session": str(device.pk), "name": "phone", "platform": "ios", "app_version": "1.2"}
    assert told(ann) == [(103, said | {"address": device.address})]


def test_a_device_gets_a_name(ann: User) -> None:
    phone = log_in("ann", "phone")
    device = Device.objects.get()
    path = f"/v1/me/devices/{device.pk}"
    assert phone.call("PATCH", path, {"name": "  Ann's phone "}, status=200)["name"] == "Ann's phone"
    assert told(ann)[1:] == [(104, {"session": str(device.pk), "name": "Ann's phone"})]
    phone.call("PATCH", path, {"name": "Ann's phone"}, status=200)
    assert len(told(ann)) == 2
    assert phone.call("PATCH", path, {"name": " \u202e "}, status=400)["code"] == "bad_name"
    assert phone.call("PATCH", path, {}, status=400)["code"] == "bad_request"


def test_a_device_is_ended_with_all_that_it_holds(
    ann: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Any] = []
    monkeypatch.setattr(push, "revoked", lambda user, sessions, _code: closed.append((user, sessions)))
    phone, tablet = log_in("ann", "phone"), log_in("ann", "tablet")
    lost = Device.objects.get(name="phone")
    with django_capture_on_commit_callbacks(execute=True):
        tablet.call("DELETE", f"/v1/me/devices/{lost.pk}", status=204)
    assert closed == [(ann.pk, [lost.pk])]
    assert Revoked.objects.filter(session_id=lost.pk).exists()
    assert not Session.objects.filter(pk=lost.session_key).exists()
    assert told(ann)[-1] == (102, {"session": str(lost.pk)})
    assert phone.call("GET", "/v1/me", status=401)["code"] == "session_ended"
    Api().refuses("session_ended", "/v1/tokens/refresh", {"refresh_token": phone.refresh}, status=401)  # type: ignore[attr-defined]
    assert [one["name"] for one in tablet.get("/v1/me/devices")["items"]] == ["tablet"]


def test_all_others_are_ended_at_once(ann: User, bob: User) -> None:
    bobs = log_in("bob", "bob's")
    others = [log_in("ann", name) for name in ("one", "two")]
    here = log_in("ann", "here")
    here.call("DELETE", "/v1/me/devices", status=204)
    assert [one["name"] for one in here.get("/v1/me/devices")["items"]] == ["here"]
    for other in others:
        assert other.call("GET", "/v1/me", status=401)["code"] == "session_ended"
    assert bobs.get("/v1/me")["username"] == "bob"
    assert [kind for kind, _ in told(ann)] == [103, 103, 103, 102, 102]
    here.call("DELETE", "/v1/me/devices", status=204)
    assert len(told(ann)) == 5


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_nobody_touches_the_devices_of_others(ann: User, bob: User, method: str) -> None:
    log_in("ann", "phone")
    hers = Device.objects.get()
    bobs = log_in("bob", "bob's")
    refused = bobs.call(method, f"/v1/me/devices/{hers.pk}", {"name": "mine"}, status=404)
    assert refused["code"] == "device_not_found"
    hers.refresh_from_db()
    assert hers.name == "phone"


def test_a_new_password_ends_the_other_log_ins(ann: User) -> None:
    phone, tablet = log_in("ann", "phone"), log_in("ann", "tablet")
    said = {"current_password": PASSWORD, "new_password": "a-much-better-one"}
    tablet.call("POST", "/v1/account/password/change", said, status=204)
    assert phone.call("GET", "/v1/me", status=401)["code"] == "session_ended"
    assert tablet.get("/v1/me")["username"] == "ann"
    assert tablet.get("/v1/auth/session")["meta"]["is_authenticated"]
    Api().refuses("bad_credentials", "/v1/auth/login", {"username": "ann", "password": PASSWORD})
    Api().post("/v1/auth/login", {"username": "ann", "password": "a-much-better-one"})
    assert [kind for kind, _ in told(ann)] == [103, 103, 102, 103]


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("wrong", "a-much-better-one", "wrong_password"),
        (PASSWORD, "short", "weak_password"),
        (PASSWORD, "password1234", "weak_password"),
        (PASSWORD, "ann@example.com", "weak_password"),
        ("x" * 5000, "a-much-better-one", "bad_request"),
    ],
)
def test_a_password_that_is_not_taken_changes_nothing(ann: User, current: str, new: str, code: str) -> None:
    phone, tablet = log_in("ann", "phone"), log_in("ann", "tablet")
    said = {"current_password": current, "new_password": new}
    tablet.refuses(code, "/v1/account/password/change", said)
    assert phone.get("/v1/me")["username"] == "ann"


def test_a_password_is_not_guessed_by_who_has_a_token(ann: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"change_password": "5/m/user"}
    phone = log_in("ann", "phone")
    said = {"current_password": "wrong", "new_password": "a-much-better-one"}
    for _ in range(5):
        phone.refuses("wrong_password", "/v1/account/password/change", said)
    phone.refuses("rate_limited", "/v1/account/password/change", said | {"current_password": PASSWORD}, status=429)
