import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import Client

from accounts import actions
from accounts.models import User
from imserver import database

PASSWORD = "correct-horse-battery"


class Api:
    """A client that is told the status it must get, and then hands out the body."""

    def __init__(self, token: str = "") -> None:
        address = ".".join(map(str, secrets.token_bytes(3)))  # limits count by address, over runs of the tests too
        self.client = Client(REMOTE_ADDR=f"10.{address}", raise_request_exception=False)
        self.token = token

    def call(
        self, method: str, path: str, data: Any = None, *, status: int, headers: dict[str, str] | None = None
    ) -> Any:
        bearer = {"authorization": f"Bearer {self.token}"} if self.token else {}
        body = data if isinstance(data, str | bytes) else json.dumps(data) if data is not None else ""
        answer = self.client.generic(
            method, path, body, content_type="application/json", headers={**bearer, **(headers or {})}
        )
        assert answer.status_code == status, answer.content
        self.headers = answer.headers
        return answer.json() if answer.content else None

    def get(self, path: str, *, status: int = 200) -> Any:
        return self.call("GET", path, status=status)

    def post(self, path: str, data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Any:
        return self.call("POST", path, data, status=status, headers=headers)

    def delete(self, path: str, *, status: int) -> Any:
        return self.call("DELETE", path, status=status)

    def log_in(self, username: str) -> "Api":
        meta = Api().post("/v1/auth/login", {"username": username, "password": PASSWORD})["meta"]
        return Api(meta["access_token"])

    def refuses(self, code: str, path: str, data: Any, *, status: int = 400) -> Any:
        refused = self.post(path, data, status=status)
        assert self.headers["Content-Type"] == "application/problem+json"
        assert (refused["code"], refused["status"]) == (code, status)
        return refused


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def api() -> Api:
    return Api()


def sign_up(username: str, display_name: str = "") -> User:
    email = f"{username}@example.com"
    return actions.sign_up(username=username, email=email, password=PASSWORD, display_name=display_name)


@pytest.fixture
def ann(db: None) -> User:
    return sign_up("ann", "Ann")


@pytest.fixture
def bob(db: None) -> User:
    return sign_up("bob", "Bob")


@pytest.fixture
async def gateway() -> AsyncIterator[None]:
    """The gateway's own connections see only what is committed, and belong to one event loop."""
    yield
    await sync_to_async(connections.close_all)()
    await database.close()
