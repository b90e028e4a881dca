"""Who came in, who was refused, who went."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts import actions, tasks
from accounts.models import Device, LoginEvent, User
from imserver.celery import app
from tests.accounts.conftest import PASSWORD, Api
from tests.accounts.keys import totp
from tests.accounts.test_codes import Flow, wrong
from tests.accounts.test_codes import code as mailed
from tests.accounts.test_factors import TOTP, begin, protect

pytestmark = pytest.mark.django_db
LOGIN = {"username": "ann", "password": PASSWORD}


@pytest.fixture(autouse=True)
def mails() -> Iterator[None]:
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def ann(ann: User) -> User:
    EmailAddress.objects.create(user=ann, email=ann.email, verified=True, primary=True)
    return ann


def lines() -> list[tuple[str, str, str, str]]:
    found = LoginEvent.objects.select_related("user").order_by("at", "id")
    return [(one.happened, one.user.username if one.user else one.name, one.means, one.code) for one in found]


def test_who_comes_and_goes_is_noted(ann: User) -> None:
    api = Api()
    headers = {"x-device-name": "Pixel 9"}
    phone = Api(api.post("/v1/auth/login", LOGIN, headers=headers)["meta"]["access_token"])
    first = LoginEvent.objects.get()
    assert (first.address, first.device) == (api.client.defaults["REMOTE_ADDR"], "Pixel 9")
    laptop = Api().log_in("ann")
    [tablet] = Device.objects.exclude(name="Pixel 9")
    phone.delete(f"/v1/me/devices/{tablet.pk}", status=204)
    assert laptop.get("/v1/me", status=401)
    phone.delete("/v1/auth/session", status=401)
    came, went = ("logged_in", "ann", "password", ""), ("ended", "ann", "", "")
    assert lines() == [came, came, went, ("logged_out", "ann", "", "")]


def test_the_means_are_noted(ann: User) -> None:
    phone = Api().log_in("ann")
    phone.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    secret = protect(phone)
    begin().go_on("/v1/auth/2fa/authenticate", {"code": totp(secret, 1)})
    phone.delete(TOTP, status=200)
    flow = Flow().begin("/v1/auth/code/request", {"email": "ann@example.com"})
    flow.go_on("/v1/auth/code/confirm", {"code": mailed()})
    actions.mint(user=ann, origin=actions.Origin(), now=timezone.now())
    assert [means for _, _, means, _ in lines()] == ["password", "password+totp", "code", "host"]


def test_who_is_refused_is_noted(ann: User) -> None:
    Api().post("/v1/auth/login", {**LOGIN, "password": "wrong"}, status=400)
    Api().post("/v1/auth/login", {"email": "ANN@example.com", "password": "wrong"}, status=400)
    Api().post("/v1/auth/login", {"username": "no\0body" * 20, "password": "wrong"}, status=400)
    Api().post("/v1/auth/login", {"username": "nobody" * 20, "password": "wrong"}, status=400)
    flow = Flow().begin("/v1/auth/code/request", {"email": "ann@example.com"})
    flow.go_on("/v1/auth/code/confirm", {"code": wrong(mailed())}, 400)
    assert lines() == [
        ("refused", "ann", "password", "bad_credentials"),
        ("refused", "ann", "password", "bad_credentials"),
        ("refused", ("nobody" * 20)[:64], "password", "bad_credentials"),
        ("refused", "ann", "code", "incorrect_code"),
    ]


def test_a_wrong_second_factor_is_noted(ann: User) -> None:
    phone = Api().log_in("ann")
    phone.post("/v1/auth/reauthenticate", {"password": "wrong"}, status=400)
    phone.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    protect(phone)
    begin().go_on("/v1/auth/2fa/authenticate", {"code": "000000"}, 400)
    phone.post("/v1/auth/2fa/reauthenticate", {"code": "000000"}, status=400)
    assert lines()[1:] == [
        ("refused", "ann", "password", "wrong_password"),
        ("refused", "ann", "totp", "incorrect_code"),
        ("refused", "ann", "totp", "incorrect_code"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_closed_account_is_noted_by_every_way_in(ann: User) -> None:
    flow = Flow().begin("/v1/auth/code/request", {"email": "ann@example.com"})
    User.objects.update(is_active=False)
    Api().post("/v1/auth/login", LOGIN, status=403)
    assert flow.go_on("/v1/auth/code/confirm", {"code": mailed()}, 403)["code"] == "account_inactive"
    assert lines() == [("refused", "ann", "", "account_inactive")] * 2


def test_of_refusals_for_the_limit_one_a_minute_is_noted(ann: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/ip"}
    api = Api()
    for status in (400, 429, 429, 429):
        api.post("/v1/auth/login", {**LOGIN, "password": "wrong"}, status=status)
    assert [code for *_, code in lines()] == ["bad_credentials", "rate_limited"]


def test_a_stolen_token_is_noted_with_the_address_of_who_used_it(ann: User) -> None:
    api = Api()
    refresh = {"refresh_token": api.post("/v1/auth/login", LOGIN)["meta"]["refresh_token"]}
    actions.refresh(token=refresh["refresh_token"], now=timezone.now() - timedelta(seconds=61))
    thief = Api()
    thief.post("/v1/tokens/refresh", refresh, status=401)
    [_, used, ended] = LoginEvent.objects.order_by("at")
    assert (used.happened, used.address) == ("token_reused", thief.client.defaults["REMOTE_ADDR"])
    assert (ended.happened, ended.address) == ("ended", api.client.defaults["REMOTE_ADDR"])


def test_a_replaced_device_is_noted(ann: User, settings: Any) -> None:
    settings.ONE_DEVICE_PER_PLATFORM = True
    for key in ("old", "new"):
        origin = actions.Origin(platform="ios")
        actions.log_in(user=ann, session_key=key, origin=origin, now=timezone.now(), means="password")
    assert [happened for happened, *_ in lines()] == ["logged_in", "replaced", "logged_in"]


def test_no_secret_is_in_the_audit(ann: User) -> None:
    test_who_is_refused_is_noted(ann)
    Api().log_in("ann")
    written = str(list(LoginEvent.objects.values()))
    assert PASSWORD not in written
    assert "'wrong'" not in written
    assert mailed() not in written


@pytest.mark.parametrize("change", ["update login_event set happened = 'ended'", "delete from login_event"])
def test_nobody_changes_the_audit(ann: User, change: str) -> None:
    Api().log_in("ann")
    for forgetting in ("", "set local login_event.forget = 'on';"):
        with (
            pytest.raises((InternalError, DatabaseError), match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(forgetting + change)
    assert lines() == [("logged_in", "ann", "password", "")]


def test_old_lines_go_by_the_clock(ann: User, settings: Any) -> None:
    now = timezone.now()
    for days in (1, 179, 181):
        LoginEvent.objects.create(happened="logged_in", user=ann, at=now - timedelta(days=days))
    assert tasks.forget_login_events() == 1
    assert LoginEvent.objects.count() == 2


def test_staff_read_it_and_change_nothing(ann: User) -> None:
    User.objects.create_superuser("mod", "mod@example.com", PASSWORD)
    client = Client()
    client.post("/admin/login/?next=/admin/", {"username": "mod", "password": PASSWORD})
    address = (api := Api()).client.defaults["REMOTE_ADDR"]
    api.post("/v1/auth/login", {"username": "a-stranger", "password": "wrong"}, status=400)
    Api().log_in("ann")
    page = "/admin/accounts/loginevent/"
    assert "bad_credentials" in client.get(f"{page}?q={address}").content.decode()
    found = client.get(f"{page}?q=ann").content.decode()
    assert "Logged In" in found
    assert "bad_credentials" not in found
    line = f"{page}{LoginEvent.objects.order_by('at').last().pk}"  # type: ignore[union-attr]
    assert client.get(f"{line}/change/").status_code == 200
    assert client.post(f"{line}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{page}add/").status_code == 403
