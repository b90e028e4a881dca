import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from confluent_kafka.admin import AdminClient
from django.core.management.base import CommandError
from django.db import OperationalError, connections
from django.test import TransactionTestCase

from imserver.events import log
from imserver.events.kafka import cluster
from inbox import store
from inbox.store import mongo as mongo_store
from inbox.store.mongo import Mongo
from tests import make, servers
from tests.make import Person
from tests.phone import Phone
from tests.processes import Gateway

logging.getLogger("httpx2").setLevel(logging.WARNING)  # what fails is not to be looked for among requests
_flush = TransactionTestCase._fixture_teardown


def _flush_patiently(self: TransactionTestCase) -> None:
    """Emptying all tables may deadlock with a late query of a running gateway, which then is over."""
    for _ in range(5):
        try:
            return _flush(self)
        except CommandError as e:
            if not isinstance(e.__cause__, OperationalError):
                raise
            time.sleep(0.2)
    return _flush(self)


TransactionTestCase._fixture_teardown = _flush_patiently  # type: ignore[method-assign]


@pytest.fixture
def ann(db: None) -> Person:
    return make.person("ann")


@pytest.fixture
def bob(db: None) -> Person:
    return make.person("bob")


@pytest.fixture
def eve(db: None) -> Person:
    """A stranger."""
    return make.person("eve")


@pytest.fixture
def kafka(settings: Any) -> Iterator[str]:
    """A real Kafka, with a topic of the test's own, as the event log. Goes with the marker `kafka`."""
    settings.KAFKA_BOOTSTRAP = servers.FOUND["kafka"]
    settings.KAFKA_TOPIC = f"im.test-{secrets.token_hex(6)}"
    settings.KAFKA_PARTITIONS = 4
    settings.EVENT_LOG = "imserver.events.kafka.producer.KafkaLog"
    settings.SUBSCRIBER = "imserver.events.kafka.consumer.Subscriber"
    log.current.cache_clear()
    cluster.make_topic()
    yield settings.KAFKA_BOOTSTRAP
    log.current.cache_clear()
    admin = AdminClient(cluster.configuration())
    for done in admin.delete_topics([settings.KAFKA_TOPIC]).values():
        done.result(10)


@pytest.fixture
def mongo(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mongo]:
    """A real MongoDB, with a database of the test's own, as the inbox. Goes with the marker `mongo`."""
    for patience in ("READ_SECONDS", "PROBE_SECONDS"):  # a busy machine is no outage
        monkeypatch.setattr(mongo_store, patience, 10.0)
    settings.MONGO_URL, settings.MONGO_DATABASE = servers.FOUND["mongo"], f"imtest-{secrets.token_hex(6)}"
    store.current.cache_clear()
    there = store.current()
    assert there
    there.make_indexes()
    yield there
    there._client.drop_database(settings.MONGO_DATABASE)
    there.close()
    store.current.cache_clear()


@pytest.fixture(scope="session")
def _gateways(django_db_setup: None) -> Iterator[tuple[Gateway, Gateway]]:
    pair = Gateway(), Gateway()
    try:
        for gateway in pair:
            gateway.launch()
        for gateway in pair:
            gateway.wait()
        yield pair
    finally:
        for gateway in pair:
            gateway.stop()


@pytest.fixture
def gateways(_gateways: tuple[Gateway, Gateway], transactional_db: None) -> Iterator[tuple[Gateway, Gateway]]:
    """Two real gateways on the test database, which everybody sees: what a test makes is committed."""
    for gateway in _gateways:
        gateway.news()
    yield _gateways
    for gateway in _gateways:
        assert "Traceback" not in (news := gateway.news()), news


@pytest.fixture
async def phones(gateways: tuple[Gateway, Gateway]) -> AsyncIterator[Callable[..., Any]]:
    """phones(ann, bob): a device each, on alternating gateways, connected."""
    made: list[Phone] = []

    async def connect(*people: Person) -> list[Phone]:
        found = [Phone(person, gateways[i % 2].url) for i, person in enumerate(people)]
        made.extend(found)
        for phone in found:
            await phone.connect()
        return found

    yield connect
    for phone in made:
        await phone.close()
    await sync_to_async(connections.close_all)()  # those of the thread that async tests call Django in
