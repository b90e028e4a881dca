from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import validate


@pytest.fixture(scope="module")
def schema() -> Any:
    return Client().get("/v1/schema?format=json").json()


def test_the_api_describes_itself_without_an_error(schema: Any) -> None:
    validate(schema)
    assert schema["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/me", "/v1/users", "/v1/auth/signup", "/v1/auth/login", "/v1/auth/session", "/v1/tokens/refresh"),
        *("/v1/auth/provider/token", "/v1/auth/provider/signup", "/v1/auth/github", "/v1/config"),
        *("/v1/auth/reauthenticate", "/v1/auth/2fa/authenticate", "/v1/auth/2fa/reauthenticate"),
        *("/v1/auth/webauthn/login", "/v1/auth/webauthn/authenticate", "/v1/auth/webauthn/reauthenticate"),
        *(f"/v1/account/authenticators{one}" for one in ("", "/totp", "/recovery-codes", "/webauthn")),
    ],
)
def test_every_door_of_accounts_is_in_it(schema: Any, path: str) -> None:
    for operation in schema["paths"][path].values():
        assert operation["responses"]["4XX"]["content"].keys() == {"application/problem+json"}


def test_it_shows_what_sign_up_takes(schema: Any) -> None:
    taken = schema["components"]["schemas"]["AuthBaseSignup"]
    assert set(taken["properties"]) == {"username", "email", "display_name"}
    assert sorted(taken["required"]) == ["email", "username"]


def test_doors_of_others_are_not_in_it(schema: Any) -> None:
    assert not [path for path in schema["paths"] if "_allauth" in path or "trust" in path]


def test_it_can_be_read_in_a_browser() -> None:
    assert "/v1/schema" in Client().get("/docs").content.decode()
