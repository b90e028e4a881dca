"""Passkeys, as a second factor and alone."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from tests.accounts.conftest import PASSWORD, Api
from tests.accounts.keys import PRESENT, Passkey
from tests.accounts.test_codes import Flow
from tests.accounts.test_factors import LOGIN, PASSKEYS, add_passkey, begin, forget_proofs

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(ann: User) -> Api:
    """Ann's, where she has just entered her password again."""
    phone = Api().log_in("ann")
    phone.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    return phone


def test_one_logs_in_with_a_passkey_alone(ann: User, phone: Api) -> None:
    key = Passkey()
    made = add_passkey(phone, key)
    assert (made["data"]["name"], made["data"]["is_passwordless"]) == ("Pixel 9", True)
    assert made["meta"]["recovery_codes_generated"]
    asked = Api().get("/v1/auth/webauthn/login")
    login = Flow()
    login.session = asked["meta"]["session_token"]
    answer = login.go_on("/v1/auth/webauthn/login", {"credential": key.get(asked["data"])})
    assert Api(answer["meta"]["access_token"]).get("/v1/me")["username"] == "ann"
    again = Flow()
    again.session = Api().get("/v1/auth/webauthn/login")["meta"]["session_token"]
    replayed = {"credential": key.get(asked["data"])}
    assert again.go_on("/v1/auth/webauthn/login", replayed, 400)["code"] == "incorrect_code"


def test_a_passkey_is_a_second_factor_too(phone: Api) -> None:
    key = Passkey()
    add_passkey(phone, key)
    flow = begin()
    asked = flow.call("GET", "/v1/auth/webauthn/authenticate", status=200, headers={"x-session-token": flow.session})
    flow.go_on("/v1/auth/webauthn/authenticate", {"credential": key.get(asked["data"])})
    asked = phone.get("/v1/auth/webauthn/reauthenticate")["data"]
    forget_proofs()
    phone.post("/v1/auth/webauthn/reauthenticate", {"credential": key.get(asked)})
    phone.get(PASSKEYS)


@pytest.mark.parametrize("key", [Passkey("evil.example"), Passkey(flags=PRESENT)])
def test_a_passkey_of_elsewhere_or_one_that_knows_nobody_is_refused(phone: Api, key: Passkey) -> None:
    assert add_passkey(phone, key, 400)["code"] == "incorrect_code"
    assert not Authenticator.objects.exists()


def test_a_found_key_without_a_pin_opens_nothing(ann: User, bob: User, phone: Api) -> None:
    """Bob begins a second step of his own, whose rules might be laxer, and lets Ann's key answer for a log-in."""
    key, own = Passkey(), Passkey()
    add_passkey(phone, key)
    laptop = Api().log_in("bob")
    laptop.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    add_passkey(laptop, own)
    flow = Flow().begin("/v1/auth/login", {**LOGIN, "username": "bob"})
    asked = flow.call("GET", "/v1/auth/webauthn/authenticate", status=200, headers={"x-session-token": flow.session})
    key.flags = PRESENT
    said = {"credential": key.get(asked["data"])}
    assert flow.go_on("/v1/auth/webauthn/login", said, 400)["code"] == "incorrect_code"


def test_the_domain_of_passkeys_is_a_setting(phone: Api, settings: Any) -> None:
    settings.PASSKEY_DOMAIN = "example.com"
    add_passkey(phone, Passkey("chat.example.com"))


@pytest.mark.parametrize(
    "said",
    [
        *(None, 1, [], {}, {"rawId": "?"}, {"id": "a", "rawId": "b"}, {"rawId": "aa", "response": {}}, "\ud800"),
        {"rawId": "aa", "response": {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "aa"}},
    ],
)
def test_what_is_no_answer_of_a_passkey_is_refused(phone: Api, said: object) -> None:
    phone.get(PASSKEYS)
    phone.post(PASSKEYS, {"credential": said}, status=400)
    login = Flow()
    login.session = Api().get("/v1/auth/webauthn/login")["meta"]["session_token"]
    login.go_on("/v1/auth/webauthn/login", {"credential": said}, 400)
