"""MongoDB refuses, or says nothing: no device notices."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from imserver import database
from inbox import store
from inbox.store import mongo as mongo_store
from inbox.store.mongo import Mongo
from messaging import epochs, relay
from messaging.models import Backlog
from tests.inbox.steps import pulled, talk
from tests.make import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def take() -> None:
            while not over.is_set():
                try:
                    taken.append(server.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=take)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join()
    for one in taken:
        one.close()


@pytest.fixture
def away(request: pytest.FixtureRequest, settings: Any) -> Iterator[Mongo]:
    port = request.getfixturevalue("silent") if request.param == "silent" else 1
    settings.MONGO_URL, settings.MONGO_DATABASE = f"mongodb://127.0.0.1:{port}/", "nowhere"
    store.current.cache_clear()
    there = store.current()
    assert there
    yield there
    there.close()
    store.current.cache_clear()


@pytest.mark.parametrize("away", ["refused", "silent"], indirect=True)
def test_without_its_store_a_pull_is_answered_and_the_next_does_not_wait(
    away: Mongo, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run(epochs.current())
    conversation = talk(ann, bob, 3)
    asked: list[int] = []
    read = away._readings

    def note(*args: Any) -> Any:
        asked.append(1)
        return read(*args)

    monkeypatch.setattr(away, "_readings", note)
    for _ in range(3):
        assert len(pulled(ann, conversation).items) == 3
    assert len(asked) == 1
    assert away._breaker.is_open
    assert "does not answer" in store.trouble()
    monkeypatch.setattr(away._breaker, "_open_until", 0.0)
    pulled(ann, conversation)
    assert len(asked) == 2


@pytest.mark.parametrize("away", ["refused"], indirect=True)
def test_without_its_store_the_events_wait(
    away: Mongo, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo_store, "WRITE_SECONDS", 0.2)
    conversation = talk(ann, bob, 3)
    assert relay.relay() == 3
    assert Backlog.objects.count() == 3
    assert len(pulled(ann, conversation).items) == 3
