from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from accounts import actions, tokens
from accounts.errors import AccountInactive, SessionEnded, TokenReused
from accounts.models import Device, Revoked, User
from imserver.realtime import push
from tests.accounts.conftest import PASSWORD, Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(ann: User) -> actions.Pair:
    return actions.log_in(user=ann, session_key="phone", origin=actions.Origin(), now=timezone.now())


def only_device() -> Device:
    return Device.objects.get()


@pytest.mark.parametrize("login", [{"username": "ANN"}, {"email": "Ann@Example.com"}])
def test_a_person_logs_in_by_name_or_address(api: Api, ann: User, login: dict[str, str]) -> None:
    answer = api.post("/v1/auth/login", {**login, "password": PASSWORD})
    assert set(answer["meta"]) == {"is_authenticated", "access_token", "refresh_token"}
    me = Api(answer["meta"]["access_token"]).get("/v1/me")
    said = {"id": str(ann.pk), "username": "ann", "email": "ann@example.com", "display_name": "Ann"}
    assert me == said | {"bio": "", "language": "", "time_zone": "", "phone": None, "avatar_url": None}


def test_a_device_knows_where_it_logged_in(api: Api, ann: User) -> None:
    headers = {"X-Device-Name": "Pixel\0 9", "X-Device-Platform": "android", "X-App-Version": "1.2"}
    api.post("/v1/auth/login", {"username": "ann", "password": PASSWORD}, headers=headers)
    device = only_device()
    assert (device.name, device.platform, device.app_version) == ("Pixel 9", "android", "1.2")
    assert device.address == api.client.defaults["REMOTE_ADDR"]


@pytest.mark.parametrize("who", [{"username": "ann"}, {"email": "ann@example.com"}, {"username": "nobody"}])
def test_a_wrong_password_says_no_more_than_that(api: Api, ann: User, who: dict[str, str]) -> None:
    refused = api.refuses("bad_credentials", "/v1/auth/login", {**who, "password": "wrong"})
    assert refused["retry"] == "no"
    assert not Device.objects.exists()


def test_too_many_wrong_passwords_are_slowed_down(api: Api, ann: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/ip"}
    wrong = {"username": "ann", "password": "wrong"}
    api.refuses("bad_credentials", "/v1/auth/login", wrong)
    refused = api.refuses("rate_limited", "/v1/auth/login", wrong, status=429)
    assert (refused["retry"], api.headers["Retry-After"]) == ("later", "60")


def test_a_closed_account_does_not_log_in(api: Api, ann: User) -> None:
    User.objects.update(is_active=False)
    api.refuses("account_inactive", "/v1/auth/login", {"username": "ann", "password": PASSWORD}, status=403)


def test_a_stale_token_does_not_stand_in_the_way_of_a_log_in(api: Api, ann: User) -> None:
    api.token = "stale"
    api.post("/v1/auth/login", {"username": "ann", "password": PASSWORD})


def test_a_request_is_authenticated_by_one_query(
    pair: actions.Pair, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = Api(pair.access_token)
    with django_assert_num_queries(1):
        api.get("/v1/me")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YW5uOmFubg=="])
def test_without_a_token_nobody_comes_in(api: Api, header: str) -> None:
    assert api.call("GET", "/v1/me", status=401, headers={"authorization": header})["code"] == "not_authenticated"


def test_clients_learn_how_to_log_in(api: Api) -> None:
    account = api.get("/v1/config")["data"]["account"]
    assert account["is_open_for_signup"]
    assert set(account["login_methods"]) == {"username", "email"}


def test_logging_in_again_is_another_device(api: Api, ann: User) -> None:
    one, other = api.log_in("ann"), api.log_in("ann")
    assert one.get("/v1/me") == other.get("/v1/me")
    assert Device.objects.count() == 2


def test_logging_out_ends_this_device_only(api: Api, ann: User) -> None:
    phone, laptop = api.log_in("ann"), api.log_in("ann")
    ended = tokens.subject(phone.token).device_id
    phone.delete("/v1/auth/session", status=401)
    assert phone.get("/v1/me", status=401)["code"] == "session_ended"
    assert laptop.get("/v1/me")["username"] == "ann"
    assert list(Revoked.objects.values_list("session_id", flat=True)) == [ended]
    assert Session.objects.count() == Device.objects.count() == 1


def test_a_log_out_with_an_expired_token_is_not_pretended(ann: User, pair: actions.Pair) -> None:
    old = Api(tokens.mint(ann.pk, only_device().pk, now=timezone.now() - timedelta(hours=1)))
    refused = old.delete("/v1/auth/session", status=401)
    assert (refused["code"], refused["retry"]) == ("token_expired", "reauth")
    assert Device.objects.exists()


def test_a_refreshed_token_is_of_the_same_device(api: Api, ann: User, pair: actions.Pair) -> None:
    api.token = "expired-by-now"
    data = api.post("/v1/tokens/refresh", {"refresh_token": pair.refresh_token})["data"]
    assert tokens.subject(data["access_token"]).device_id == only_device().pk
    assert tokens.ticket(data["refresh_token"]).turn == 1


def test_two_tabs_may_refresh_at_once(pair: actions.Pair) -> None:
    now = timezone.now() - timedelta(seconds=60)
    one = actions.refresh(token=pair.refresh_token, now=now)
    other = actions.refresh(token=pair.refresh_token, now=now + timedelta(seconds=59))
    for tab in (one, other):
        assert actions.refresh(token=tab.refresh_token, now=now + timedelta(seconds=60))


def test_a_refresh_token_used_again_later_ends_the_device(api: Api, ann: User, pair: actions.Pair) -> None:
    actions.refresh(token=pair.refresh_token, now=timezone.now() - timedelta(seconds=61))
    refused = api.refuses("token_reused", "/v1/tokens/refresh", {"refresh_token": pair.refresh_token}, status=401)
    assert refused["retry"] == "reauth"
    assert Api(pair.access_token).get("/v1/me", status=401)["code"] == "session_ended"
    assert Revoked.objects.count() == 1


def test_a_refresh_token_two_turns_old_ends_the_device(pair: actions.Pair) -> None:
    now = timezone.now()
    actions.refresh(token=actions.refresh(token=pair.refresh_token, now=now).refresh_token, now=now)
    with pytest.raises(TokenReused):
        actions.refresh(token=pair.refresh_token, now=now)
    assert not Device.objects.exists()


def test_a_restored_backup_logs_nobody_out(pair: actions.Pair) -> None:
    newest = actions.refresh(token=pair.refresh_token, now=timezone.now()).refresh_token
    Device.objects.update(turn=0)
    actions.refresh(token=newest, now=timezone.now())
    assert only_device().turn == 2


def test_a_refresh_keeps_the_session_for_its_whole_term(api: Api, ann: User, settings: Any) -> None:
    refresh = api.post("/v1/auth/login", {"username": "ann", "password": PASSWORD})["meta"]["refresh_token"]
    later = timezone.now() + timedelta(days=30)
    actions.refresh(token=refresh, now=later)
    assert Session.objects.get().expire_date == later + settings.REFRESH_TOKEN_TTL


@pytest.mark.parametrize("token", ["", "x", None, 7])
def test_what_is_no_refresh_token_refreshes_nothing(api: Api, token: object) -> None:
    assert api.post("/v1/tokens/refresh", {"refresh_token": token}, status=401 if token else 400)["code"] in (
        "token_invalid",
        "bad_request",
    )


def test_an_ended_device_does_not_refresh(pair: actions.Pair) -> None:
    actions.end_devices(devices=[only_device()], now=timezone.now())
    with pytest.raises(SessionEnded):
        actions.refresh(token=pair.refresh_token, now=timezone.now())


def test_a_closed_account_is_out_at_once(ann: User, pair: actions.Pair) -> None:
    User.objects.update(is_active=False)
    assert Api(pair.access_token).get("/v1/me", status=403)["code"] == "account_inactive"
    with pytest.raises(AccountInactive):
        actions.refresh(token=pair.refresh_token, now=timezone.now())


def test_gateways_are_told_which_device_ended(
    pair: actions.Pair,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[object] = []
    monkeypatch.setattr(push, "revoked", lambda user_id, ended, _code: told.append((user_id, ended)))
    device = only_device()
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_devices(devices=[device], now=timezone.now())
    assert told == [(device.user_id, [device.pk])]


def test_ending_twice_is_ending_once(pair: actions.Pair) -> None:
    devices = [only_device()]
    for _ in range(2):
        actions.end_devices(devices=devices, now=timezone.now())
    assert Revoked.objects.count() == 1


def test_old_revocations_are_forgotten(pair: actions.Pair) -> None:
    Revoked.objects.create(session_id=only_device().user_id, at=timezone.now() - timedelta(days=2))
    actions.end_devices(devices=[only_device()], now=timezone.now())
    assert Revoked.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_six_parallel_refreshes_are_all_valid(pair: actions.Pair) -> None:
    def refresh(_: int) -> actions.Pair:
        try:
            return actions.refresh(token=pair.refresh_token, now=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as tabs:
        found = list(tabs.map(refresh, range(6)))
    assert only_device().turn == 1
    assert all(actions.refresh(token=tab.refresh_token, now=timezone.now()) for tab in found)
