"""Where Kafka is, what our topic there is called, and whether both can be used."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)
from django.conf import settings

from imserver.events.event import Unavailable

GATHER_SECONDS: Final = 0.01
QUIET_SECONDS: Final = 60.0
Client = TypeVar("Client", Producer, Consumer, AdminClient)


class Seldom(logging.Filter):
    """What librdkafka says of a broker that is away, each time it tries: once a minute is enough."""

    _quiet_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        del record
        now = time.monotonic()
        if now < self._quiet_until:
            return False
        self._quiet_until = now + QUIET_SECONDS
        return True


_said = logging.getLogger("librdkafka")
_said.addFilter(Seldom())


def connect(client: Callable[[dict[str, Any]], Client], **more: Any) -> Client:
    """Raises Unavailable where the settings are not to be had, which names the wrong one."""
    try:
        return client(configuration(**more))
    except KafkaException as e:
        raise Unavailable(f"KAFKA_OPTIONS: {reason(e).str()}") from e


def configuration(**more: Any) -> dict[str, Any]:
    """librdkafka's settings: ours, then KAFKA_OPTIONS, then what the caller cannot do without."""
    common = {
        "bootstrap.servers": settings.KAFKA_BOOTSTRAP,
        "client.id": "imserver",
        "log_level": 3,
        "socket.timeout.ms": 10_000,
        "reconnect.backoff.max.ms": 2_000,
        "topic.metadata.refresh.interval.ms": 5_000,
        "logger": _said,
    }
    return common | settings.KAFKA_OPTIONS | {key.replace("_", "."): value for key, value in more.items()}


def trouble(client: Any, seconds: float) -> str:
    """In a sentence what is wrong; empty if our topic can be used. `client` is any client of librdkafka."""
    try:
        found = client.list_topics(settings.KAFKA_TOPIC, timeout=seconds).topics[settings.KAFKA_TOPIC]
    except KafkaException as e:
        return f"Kafka at {settings.KAFKA_BOOTSTRAP} does not answer ({reason(e).name()})"
    if found.error is None:
        return ""
    if found.error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.LEADER_NOT_AVAILABLE):
        return f"Kafka has no topic {settings.KAFKA_TOPIC}: python manage.py events topic"
    return f"Kafka's topic {settings.KAFKA_TOPIC}: {found.error.str()}"


def reason(error: KafkaException) -> KafkaError:
    found: KafkaError = error.args[0]
    return found


def make_topic() -> bool:
    """The topic, as the settings want it. Returns whether it is new; its retention is set in any case."""
    admin, name = connect(AdminClient), settings.KAFKA_TOPIC
    retention = str(settings.KAFKA_RETENTION_HOURS * 3_600_000)
    topic = NewTopic(
        name,
        num_partitions=settings.KAFKA_PARTITIONS,
        replication_factor=settings.KAFKA_REPLICATION,
        config={"retention.ms": retention, "min.insync.replicas": str(max(1, settings.KAFKA_REPLICATION - 1))},
    )
    if _done(admin.create_topics([topic], request_timeout=15), KafkaError.TOPIC_ALREADY_EXISTS):
        return True
    entry = ConfigEntry("retention.ms", retention, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
    _done(admin.incremental_alter_configs([resource]), None)
    return False


def gather(client: Consumer, count: int, seconds: float) -> list[Message]:
    """At most `count` records; what is there at once, or else the first to come within `seconds`."""
    first = client.consume(1, seconds)
    return first + client.consume(count - 1, GATHER_SECONDS) if first else []


def _done(futures: Mapping[Any, Any], fine: int | None) -> bool:
    [future] = futures.values()
    try:
        future.result(20)
    except KafkaException as e:
        if reason(e).code() == fine:
            return False
        raise Unavailable(reason(e).str()) from e
    return True
