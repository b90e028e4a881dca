"""A second factor: codes of an app, recovery codes, passkeys."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts import actions, tokens
from accounts.models import Device, User
from imserver.celery import app
from messaging.models import Entry
from messaging.rules import pair
from tests.accounts.conftest import PASSWORD, Api
from tests.accounts.keys import Passkey, totp
from tests.accounts.test_codes import Flow, code

FACTORS = "/v1/account/authenticators"
TOTP, CODES, PASSKEYS = f"{FACTORS}/totp", f"{FACTORS}/recovery-codes", f"{FACTORS}/webauthn"
LOGIN = {"username": "ann", "password": PASSWORD}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def mails() -> Iterator[None]:
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.fixture
def ann(ann: User) -> User:
    EmailAddress.objects.create(user=ann, email=ann.email, verified=True, primary=True)
    return ann


@pytest.fixture
def phone(ann: User) -> Api:
    """Ann's, where she has just entered her password again."""
    phone = Api().log_in("ann")
    phone.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    return phone


def protect(phone: Api) -> str:
    """Codes of an app, from the next one on. Returns the secret."""
    secret = str(phone.get(TOTP, status=404)["meta"]["secret"])
    phone.post(TOTP, {"code": totp(secret)})
    return secret


def add_passkey(phone: Api, key: Passkey, status: int = 200) -> Any:
    options = phone.get(f"{PASSKEYS}?passwordless")["data"]
    return phone.post(PASSKEYS, {"name": "Pixel 9", "credential": key.create(options)}, status=status)


def begin() -> Flow:
    return Flow().begin("/v1/auth/login", LOGIN)


def told(user: User) -> list[Any]:
    found = Entry.objects.filter(conversation_id=pair(user.pk, user.pk)).order_by("rev")
    return [said for one in found if "mfa" in (said := json.loads(one.content or "null"))]


def test_a_password_alone_no_longer_opens_a_protected_account(ann: User, phone: Api) -> None:
    secret = protect(phone)
    flow = begin()
    assert flow.flows == {"mfa_authenticate"}
    assert Device.objects.count() == 1
    answer = flow.go_on("/v1/auth/2fa/authenticate", {"code": totp(secret, 1)})
    assert set(answer["meta"]) == {"is_authenticated", "access_token", "refresh_token"}
    assert Api(answer["meta"]["access_token"]).get("/v1/me")["username"] == "ann"
    assert [one["type"] for one in phone.get(FACTORS)["data"]] == ["totp", "recovery_codes"]


def test_the_secret_comes_with_its_picture(phone: Api) -> None:
    said = phone.get(TOTP, status=404)["meta"]
    assert said["totp_url"] == f"otpauth://totp/ann%40example.com?secret={said['secret']}&issuer=testserver"
    assert said["totp_svg"].startswith("<?xml")
    assert "<script" not in said["totp_svg"]


def test_a_code_is_good_once_also_when_redis_has_forgotten_it(phone: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.cache.add", lambda *_args, **_options: True)
    secret = protect(phone)
    older, used = totp(secret), totp(secret, 1)
    assert begin().go_on("/v1/auth/2fa/authenticate", {"code": older}, 400)["code"] == "incorrect_code"
    begin().go_on("/v1/auth/2fa/authenticate", {"code": used})
    for again in (used, older):
        assert begin().go_on("/v1/auth/2fa/authenticate", {"code": again}, 400)["code"] == "incorrect_code"


def test_a_code_may_be_one_step_off(phone: Api) -> None:
    secret = protect(phone)
    assert begin().go_on("/v1/auth/2fa/authenticate", {"code": totp(secret, 3)}, 400)["code"] == "incorrect_code"
    begin().go_on("/v1/auth/2fa/authenticate", {"code": totp(secret, 1)})


def test_the_secret_is_sealed(phone: Api, settings: Any) -> None:
    secret = protect(phone)
    for one in Authenticator.objects.all():
        assert secret not in str(one.data)
    assert phone.get(CODES)["data"]["unused_codes"][0] not in str(Authenticator.objects.get(type="recovery_codes").data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 8
    fallen = Authenticator.objects.get(type="totp").wrap()
    assert fallen.validate_code(totp(secret, 1))


def test_codes_of_a_new_app_are_not_guessed_either(phone: Api, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/key"}
    phone.get(TOTP, status=404)
    assert phone.post(TOTP, {"code": "000000"}, status=400)["code"] == "incorrect_code"
    assert phone.post(TOTP, {"code": "000000"}, status=429)["code"] == "rate_limited"


def test_codes_are_guessed_five_times_and_no_more_from_many_places_at_once(phone: Api, settings: Any) -> None:
    secret = protect(phone)
    flows = [begin() for _ in range(8)]
    settings.ACCOUNT_RATE_LIMITS = {}
    begun = threading.Barrier(16)

    def guess(number: int) -> str:
        begun.wait(20)
        try:
            client = Client(REMOTE_ADDR=f"10.7.7.{number}")
            token = {"x-session-token": flows[number % 8].session}
            answer = client.post("/v1/auth/2fa/authenticate", {"code": "wrong"}, "application/json", headers=token)
            return str(answer.json()["code"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(16)))
    assert answers.count("incorrect_code") <= 5
    assert {*answers} == {"incorrect_code", "rate_limited"}
    assert flows[0].go_on("/v1/auth/2fa/authenticate", {"code": totp(secret, 1)}, 429)["code"] == "rate_limited"


def test_a_recovery_code_opens_once(phone: Api) -> None:
    protect(phone)
    first, second, *_ = phone.get(CODES)["data"]["unused_codes"]
    begin().go_on("/v1/auth/2fa/authenticate", {"code": first})
    assert begin().go_on("/v1/auth/2fa/authenticate", {"code": first}, 400)["code"] == "incorrect_code"
    fresh = phone.post(CODES, {})["data"]["unused_codes"]
    assert len(fresh) == 10
    assert begin().go_on("/v1/auth/2fa/authenticate", {"code": second}, 400)["code"] == "incorrect_code"
    begin().go_on("/v1/auth/2fa/authenticate", {"code": fresh[0]})


def test_what_protects_an_account_is_changed_by_who_has_just_proved_anew_who_he_is(phone: Api) -> None:
    forget_proofs()
    secret = phone.get(TOTP, status=404)["meta"]["secret"]
    asks_for_a_proof(phone, "POST", TOTP, {"code": totp(secret)})
    asks_for_a_proof(phone, "GET", PASSKEYS)
    assert phone.post("/v1/auth/reauthenticate", {"password": "wrong"}, status=400)["code"] == "wrong_password"
    phone.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    phone.post(TOTP, {"code": totp(secret)})
    forget_proofs()
    for method in ("GET", "POST"):
        asks_for_a_proof(phone, method, CODES)
    asks_for_a_proof(phone, "DELETE", TOTP)
    phone.post("/v1/auth/2fa/reauthenticate", {"code": totp(secret, 1)})
    phone.delete(TOTP, status=200)


def asks_for_a_proof(phone: Api, method: str, path: str, data: Any = None) -> None:
    refused = phone.call(method, path, data, status=401)
    assert (refused["code"], refused["retry"]) == ("reauthentication_needed", "no")
    assert "reauthenticate" in [flow["id"] for flow in refused["data"]["flows"]]


def forget_proofs() -> None:
    """As six minutes later."""
    for device in Device.objects.all():
        session = SessionStore(device.session_key)
        for record in session["account_authentication_methods"]:
            record["at"] -= 360
        session.save()


def test_who_has_no_password_proves_by_a_recent_log_in_who_he_is(ann: User) -> None:
    """The people of a host app, whom its server logs in: a second factor is that app's matter."""
    ann.set_unusable_password()
    ann.save()
    minted = Api(actions.mint(user=ann, origin=actions.Origin(), now=timezone.now()).access_token)
    secret = minted.get(TOTP, status=404)["meta"]["secret"]
    refused = minted.post(TOTP, {"code": totp(secret)}, status=401)
    assert refused["code"] == "reauthentication_needed"
    assert not Authenticator.objects.exists()


def test_it_is_told_to_the_other_devices_and_by_mail(ann: User, phone: Api) -> None:
    protect(phone)
    add_passkey(phone, Passkey())
    [key] = [one["id"] for one in phone.get(FACTORS)["data"] if one["type"] == "webauthn"]
    phone.call("DELETE", PASSKEYS, {"authenticators": [key]}, status=200)
    phone.post(CODES, {})
    phone.delete(TOTP, status=200)
    assert told(ann) == [
        {"mfa": ["recovery_codes", "totp"]},
        {"mfa": ["recovery_codes", "totp", "webauthn"]},
        {"mfa": ["recovery_codes", "totp"]},
        {"mfa": ["recovery_codes", "totp"]},
        {"mfa": []},
    ]
    assert [sent.subject.split(" at ")[0] for sent in mail.outbox] == [
        "Codes of an app protect your account",
        "A passkey for your account",
        "A passkey less",
        "New recovery codes",
        "No codes of an app",
    ]
    assert not [sent for sent in mail.outbox if "http" in str(sent.body)]


def test_codes_of_mails_do_not_get_around_a_second_factor(phone: Api) -> None:
    secret = protect(phone)
    flow = Flow().begin("/v1/auth/code/request", {"email": "ann@example.com"})
    waiting = flow.go_on("/v1/auth/code/confirm", {"code": code()}, 401)
    assert [one["id"] for one in waiting["data"]["flows"] if one.get("is_pending")] == ["mfa_authenticate"]
    flow.go_on("/v1/auth/2fa/authenticate", {"code": totp(secret, 1)})


def test_without_a_protected_account_there_are_no_recovery_codes(phone: Api) -> None:
    phone.get(CODES, status=404)
    assert phone.post(CODES, {}, status=409)["code"] == "no_second_factor"


def test_an_address_must_be_verified_first(phone: Api, settings: Any) -> None:
    settings.MFA_ALLOW_UNVERIFIED_EMAIL = False
    EmailAddress.objects.update(verified=False)
    assert phone.get(TOTP, status=409)["code"] == "email_unverified"


@pytest.mark.parametrize("path", [FACTORS, TOTP, CODES, PASSKEYS, "/v1/auth/webauthn/reauthenticate"])
def test_a_stale_or_foreign_token_opens_nothing(ann: User, bob: User, phone: Api, path: str) -> None:
    protect(phone)
    assert Api().get(path, status=401)["code"] == "not_authenticated"
    pending = {"x-session-token": begin().session}
    assert Api().call("GET", path, status=401, headers=pending)["code"] == "not_authenticated"
    subject = tokens.subject(phone.token)
    foreign = Api(tokens.mint(bob.pk, subject.device_id, now=timezone.now()))
    assert foreign.get(path, status=401)["code"] == "session_ended"
    assert Api("stale").get(path, status=401)["code"] == "token_invalid"
    key = actions.issue_key(user=bob, scopes=["act"], expires_at=None, now=timezone.now())[1]
    assert Api(key).get(path, status=401)["code"] == "token_invalid"
    assert Api().log_in("bob").call("GET", FACTORS, status=200, headers=pending)["data"] == []
    phone.delete("/v1/auth/session", status=401)
    assert phone.get(path, status=401)["code"] == "session_ended"


def test_two_devices_do_not_both_begin(ann: User, phone: Api) -> None:
    laptop = Api().log_in("ann")
    laptop.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    secret = laptop.get(TOTP, status=404)["meta"]["secret"]
    protect(phone)
    assert laptop.post(TOTP, {"code": totp(secret)}, status=409)["code"] == "conflict"


def test_clients_learn_what_there_is() -> None:
    assert Api().get("/v1/config")["data"]["mfa"] == {
        "supported_types": ["totp", "webauthn", "recovery_codes"],
        "passkey_login_enabled": True,
    }
