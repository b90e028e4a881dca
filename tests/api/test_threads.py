"""How often a request changes threads; with Django's own handler it was 17 times."""

from typing import Any

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync
from channels.testing import HttpCommunicator
from django.core.handlers.asgi import ASGIHandler

from imserver.api.handler import Handler


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each way into another thread, and each way back in the middle of it."""
    found: list[str] = []

    def count(kind: type[Any]) -> None:
        call = kind.__call__

        def counted(self: Any, *arguments: Any, **named: Any) -> Any:
            found.append(kind.__name__)
            return call(self, *arguments, **named)

        monkeypatch.setattr(kind, "__call__", counted)

    count(SyncToAsync)
    count(AsyncToSync)
    return found


async def status(handler: ASGIHandler) -> int:
    client = HttpCommunicator(handler, "GET", "/v1/limits", headers=[(b"host", b"localhost")])
    found = await client.get_response()
    await client.wait()
    return int(found["status"])


async def test_a_request_is_answered_in_one_thread(changes: list[str]) -> None:
    """Its beginning, its answer, its end; the rest of the chain is called where it is."""
    assert await status(Handler()) == 200
    assert changes == ["SyncToAsync"] * 3


async def test_what_fails_in_the_chain_is_answered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("imserver.api.views.Limits.get", fail)
    assert await status(Handler()) == 500
