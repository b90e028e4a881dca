"""Web clients that live elsewhere."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://app.example.com"


def preflight(origin: str, path: str = "/v1/auth/login") -> Any:
    said = {"origin": origin, "access-control-request-method": "POST"}
    return Client().options(path, headers=said).headers


def test_only_origins_that_the_operator_named_may_read_answers(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    for found in (preflight(ELSEWHERE), Client().get("/v1/limits", headers={"origin": ELSEWHERE}).headers):
        assert found["access-control-allow-origin"] == ELSEWHERE
        assert "access-control-allow-credentials" not in found  # no cookie is of any use here
    assert "access-control-allow-origin" not in preflight("https://elsewhere.example.com")
    assert "access-control-allow-origin" not in preflight(ELSEWHERE, "/admin/")


def test_a_web_client_may_send_what_the_protocol_asks_for(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    allowed = preflight(ELSEWHERE)["access-control-allow-headers"]
    assert {"authorization", "x-session-token", "x-device-name"} <= {name.strip() for name in allowed.split(",")}


def test_by_default_there_is_no_such_origin() -> None:
    assert "access-control-allow-origin" not in preflight(ELSEWHERE)
