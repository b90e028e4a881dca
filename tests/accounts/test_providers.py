"""Log-ins by providers: OpenID Connect and GitHub, both real servers of this test."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail

from accounts.models import Device, User
from imserver.celery import app
from tests.accounts.conftest import PASSWORD, Api
from tests.accounts.keys import totp
from tests.accounts.provider import CLIENT, Provider, serving
from tests.accounts.test_codes import Flow
from tests.accounts.test_factors import protect

ZOE: dict[str, Any] = {"email": "Zoe@Example.com", "email_verified": True, "preferred_username": "Zoe", "name": "Zoé"}
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def serve() -> Iterator[Provider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(serve: Provider, settings: Any) -> Iterator[Provider]:
    oidc = {"provider_id": "oidc-1", "name": "Work", "client_id": CLIENT, "settings": {"server_url": serve.url}}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [oidc]},
        "github": {"APPS": [{"name": "GitHub", "client_id": CLIENT, "secret": "hush"}]},
    }
    settings.GITHUB_URL = serve.url
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = settings.ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
    app.conf.task_always_eager = True
    yield serve
    app.conf.task_always_eager = False


@pytest.fixture
def ann(ann: User) -> User:
    EmailAddress.objects.create(user=ann, email=ann.email, verified=True, primary=True)
    return ann


def body(token: str, **said: Any) -> dict[str, Any]:
    return {"provider": "oidc-1", "process": "login", "token": {"client_id": CLIENT, "id_token": token}, **said}


def come(token: str, status: int = 200) -> Any:
    return Api().post("/v1/auth/provider/token", body(token), status=status)


def pending(answer: Any) -> list[str]:
    return [flow["id"] for flow in answer["data"]["flows"] if flow.get("is_pending")]


def test_a_newcomer_is_signed_up_and_comes_again(provider: Provider) -> None:
    answer = come(provider.id_token("z1", **ZOE))
    me = Api(answer["meta"]["access_token"]).get("/v1/me")
    assert (me["username"], me["email"], me["display_name"]) == ("zoe", "zoe@example.com", "Zoé")
    assert EmailAddress.objects.get().verified
    come(provider.id_token("z1", email="other@example.com", name="Other"))
    assert (User.objects.count(), Device.objects.count()) == (1, 2)
    assert SocialAccount.objects.get().extra_data == {"username": "", "name": "Other"}
    refused = Api().post("/v1/auth/login", {"username": "zoe", "password": PASSWORD}, status=400)
    assert refused["code"] == "bad_credentials"


@pytest.mark.parametrize("named", [{"preferred_username": "ann"}, {"preferred_username": "?"}, {}])
def test_who_has_no_free_user_name_chooses_one(provider: Provider, ann: User, named: dict[str, str]) -> None:
    said = {"email": "zoe@example.com", "email_verified": True, "name": "Zoé", **named}
    flow = Flow().begin("/v1/auth/provider/token", body(provider.id_token("z1", **said)))
    assert flow.flows == {"provider_signup"}
    seen = flow.call("GET", "/v1/auth/provider/signup", status=200, headers={"x-session-token": flow.session})
    assert (seen["data"]["user"]["email"], seen["data"]["user"]["display_name"]) == ("zoe@example.com", "Zoé")
    chosen = {"username": "ann", "email": "zoe@example.com"}
    assert flow.go_on("/v1/auth/provider/signup", chosen, 400)["code"] == "username_taken"
    answer = flow.go_on("/v1/auth/provider/signup", chosen | {"username": "zoe"})
    me = Api(answer["meta"]["access_token"]).get("/v1/me")
    assert (me["username"], me["display_name"]) == ("zoe", "Zoé")
    flow.go_on("/v1/auth/provider/signup", chosen | {"username": "zoe2"}, 410)


def test_an_address_that_nobody_verified_waits_for_its_code(provider: Provider) -> None:
    assert pending(come(provider.id_token("z1", **ZOE | {"email_verified": False}), 401)) == ["verify_email"]
    assert not Device.objects.exists()


def test_an_address_verified_on_both_sides_joins_the_account(provider: Provider, ann: User) -> None:
    answer = come(provider.id_token("a1", email="ANN@example.com", email_verified=True))
    assert Api(answer["meta"]["access_token"]).get("/v1/me")["id"] == str(ann.pk)
    assert SocialAccount.objects.get().user == ann
    assert User.objects.get().check_password(PASSWORD)
    [told] = mail.outbox
    assert (told.to, told.subject) == (["ann@example.com"], "Work opens your account at testserver")
    come(provider.id_token("a1"))


@pytest.mark.parametrize("verified", [False, "false", "true", 1, None])
def test_an_address_that_the_provider_did_not_verify_takes_nothing_over(
    provider: Provider, ann: User, verified: object
) -> None:
    answer = come(provider.id_token("a1", email="ann@example.com", email_verified=verified), 401)
    assert "access_token" not in answer["meta"]
    assert not SocialAccount.objects.exists()
    assert not Device.objects.exists()


def test_an_account_that_did_not_verify_its_address_is_not_taken_over(provider: Provider, ann: User) -> None:
    EmailAddress.objects.update(verified=False)
    answer = come(provider.id_token("a1", **ZOE | {"email": "ann@example.com"}), 401)
    assert pending(answer) == ["verify_email"]
    assert [sent.subject for sent in mail.outbox] == ["You have an account at testserver"]
    assert (User.objects.count(), SocialAccount.objects.count(), Device.objects.count()) == (1, 0, 0)
    assert User.objects.get().check_password(PASSWORD)


def test_without_verified_addresses_nobody_is_joined(provider: Provider, ann: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION, settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = "none", False
    EmailAddress.objects.update(verified=False)
    flow = Flow().begin("/v1/auth/provider/token", body(provider.id_token("a1", **ZOE | {"email": "ann@example.com"})))
    assert flow.flows == {"provider_signup"}
    said = {"username": "zoe", "email": "ann@example.com"}
    assert flow.go_on("/v1/auth/provider/signup", said, 400)["code"] == "email_taken"


def test_a_second_factor_is_asked_for_all_the_same(provider: Provider, ann: User, settings: Any) -> None:
    phone = Api().log_in("ann")
    phone.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    secret = protect(phone)
    said = body(provider.id_token("a1", email="ann@example.com", email_verified=True))
    flow = Flow().begin("/v1/auth/provider/token", said)
    assert flow.flows == {"mfa_authenticate"}
    flow.go_on("/v1/auth/2fa/authenticate", {"code": totp(secret, 1)})


def test_an_id_token_is_good_once(provider: Provider) -> None:
    token = provider.id_token("z1", **ZOE)
    come(token)
    assert come(token, 400)["code"] == "provider_refused"


@pytest.mark.parametrize(
    "said",
    [
        {"aud": "another-app"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"kid": "unknown"},
        {"key": rsa.generate_private_key(65537, 2048)},
        {"key": "x" * 32, "alg": "HS256"},
        {"key": None, "alg": "none"},
        {"sub": ""},
        {"sub": "x" * 200},
    ],
)
def test_a_token_that_is_not_the_providers_for_us_is_refused(provider: Provider, said: dict[str, Any]) -> None:
    token = provider.id_token(**{"subject": "z1"} | ZOE | said) if "sub" not in said else provider.id_token(said["sub"])
    assert come(token, 400)["code"] == "provider_refused"
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["x", 7, [], {}, {"client_id": 1}, {"client_id": CLIENT, "id_token": "a.b.c"}])
def test_what_is_no_token_is_refused(provider: Provider, token: object) -> None:
    Api().post("/v1/auth/provider/token", {**body("x"), "token": token}, status=400)


def test_a_provider_that_is_away_lets_nobody_in(provider: Provider, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = {"server_url": "http://127.0.0.1:1"}
    assert come(provider.id_token("z1", **ZOE), 400)["code"] == "provider_refused"


def test_connecting_takes_a_log_in(provider: Provider) -> None:
    refused = Api().post("/v1/auth/provider/token", body(provider.id_token("z1"), process="connect"), status=403)
    assert refused["code"] == "forbidden"


def test_without_settings_there_are_no_providers() -> None:
    assert Api().get("/v1/config")["data"]["socialaccount"] == {"providers": []}
    assert Api().post("/v1/auth/provider/token", body("x"), status=404)["code"] == "provider_unknown"
    assert Api().post("/v1/auth/github", {"code": "x"}, status=404)["code"] == "provider_unknown"


def test_clients_learn_which_providers_there_are(provider: Provider) -> None:
    found = Api().get("/v1/config")["data"]["socialaccount"]["providers"]
    authorize = f"{provider.url}/login/oauth/authorize"
    github = {"id": "github", "name": "GitHub", "client_id": CLIENT, "flows": ["provider_code"]}
    work = {"id": "oidc-1", "name": "Work", "client_id": CLIENT, "flows": ["provider_token"]}
    discovery = {"openid_configuration_url": f"{provider.url}/.well-known/openid-configuration"}
    assert found == [github | {"authorize_url": authorize}, work | discovery]


@pytest.fixture
def octocat(provider: Provider) -> Provider:
    emails = [
        {"email": "spare@example.com", "primary": False, "verified": False},
        {"email": "cat@example.com", "primary": True, "verified": True},
    ]
    user = {"id": 583231, "login": "Octo-Cat", "name": "The Octocat", "email": None, "bio": "secret"}
    provider.codes = {"good": {"user": user, "emails": emails}}
    return provider


def test_github_sends_one_back_with_a_code(octocat: Provider) -> None:
    said = {"code": "good", "redirect_uri": "app://back", "code_verifier": "v" * 43}
    answer = Api().post("/v1/auth/github", said)
    assert said.items() <= octocat.asked[-1].items()
    me = Api(answer["meta"]["access_token"]).get("/v1/me")
    assert (me["username"], me["email"], me["display_name"]) == ("octo-cat", "cat@example.com", "The Octocat")
    kept = SocialAccount.objects.get()
    assert (kept.uid, "secret" in str(kept.extra_data)) == ("583231", False)
    Api().post("/v1/auth/github", {"code": "good"})
    assert User.objects.count() == 1


def test_a_code_that_github_does_not_know_is_refused(octocat: Provider) -> None:
    Api().refuses("provider_refused", "/v1/auth/github", {"code": "bad"})
    octocat.codes["good"]["emails"] = {"message": "nonsense"}
    Api().refuses("provider_refused", "/v1/auth/github", {"code": "good"})
    Api().post("/v1/auth/github", {}, status=400)


def test_github_joins_by_the_same_rule(octocat: Provider, ann: User) -> None:
    octocat.codes["good"]["emails"][1]["email"] = "ann@example.com"
    octocat.codes["good"]["emails"][1]["verified"] = False
    assert pending(Api().post("/v1/auth/github", {"code": "good"}, status=401)) == ["verify_email"]
    octocat.codes["good"]["emails"][1]["verified"] = True
    answer = Api().post("/v1/auth/github", {"code": "good"})
    assert Api(answer["meta"]["access_token"]).get("/v1/me")["id"] == str(ann.pk)


def test_log_ins_by_providers_are_limited(provider: Provider, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    api = Api()
    for path in ("/v1/auth/provider/token", "/v1/auth/github"):
        api.post(path, {}, status=400 if path.endswith("token") else 429)
