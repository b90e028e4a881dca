"""One subscription's consumer: batches by partition, an offset committed only once its events are done or parked."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from django.conf import settings
from django.db import connection

from imserver.events import parking
from imserver.events.event import Event, Malformed, Unavailable, decode
from imserver.events.handling import Handler
from imserver.events.kafka import cluster
from imserver.subscriptions import Subscription

logger = logging.getLogger(__name__)
BATCH: Final = 500
POLL_SECONDS: Final = 0.5
FIRST_DELAY, LONGEST_DELAY = 0.5, 15.0
REST_SECONDS: Final = 2.0
SHARE: Final = 0.5  # of max.poll.interval that one batch may take


@dataclass
class Hold:
    """A partition that waits until what its subscription needs is there again."""

    offset: int
    delay: float
    until: float


class Subscriber:
    """Runs in a thread of its own until `stopping`; heals by itself whatever breaks."""

    def __init__(self, name: str, subscription: Subscription, stopping: threading.Event):
        self._name, self._handler, self._stopping = name, Handler(name, subscription), stopping
        self._held: dict[int, Hold] = {}

    def run(self) -> None:
        while not self._stopping.is_set():
            client = Consumer(self._options())
            try:
                client.subscribe([settings.KAFKA_TOPIC], on_assign=self._dropped, on_revoke=self._dropped)
                while not self._stopping.is_set():
                    self.turn(client)
            except Exception:
                logger.exception("%s: the consumer starts anew", self._name)
                self._stopping.wait(REST_SECONDS)
            finally:
                client.close()
                self._held.clear()
                connection.close()

    def _options(self) -> dict[str, Any]:
        return cluster.configuration(
            group_id=f"{settings.KAFKA_TOPIC}.{self._name}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy="cooperative-sticky",
            max_poll_interval_ms=settings.KAFKA_POLL_SECONDS * 1000,
            session_timeout_ms=min(10, settings.KAFKA_POLL_SECONDS) * 1000,
            heartbeat_interval_ms=1_000,  # a member learns of a rebalance by its heartbeat
            fetch_wait_max_ms=100,
            queued_max_messages_kbytes=16_384,
        )

    def _dropped(self, _client: Consumer, partitions: Iterable[TopicPartition]) -> None:
        """A partition that comes or goes begins at its committed offset, and unpaused."""
        for one in partitions:
            self._held.pop(one.partition, None)

    def turn(self, client: Consumer) -> None:
        """Read, have done, commit; then let go on whoever has waited long enough."""
        for partition, records in self._by_partition(cluster.gather(client, BATCH, POLL_SECONDS)).items():
            self._take(client, partition, records)
        now = time.monotonic()
        due = [partition for partition, hold in self._held.items() if hold.until <= now]
        if due:
            client.resume([TopicPartition(settings.KAFKA_TOPIC, partition) for partition in due])
            for partition in due:
                self._held[partition].until = float("inf")  # until its next batch

    def _by_partition(self, messages: Iterable[Message]) -> Mapping[int, list[Message]]:
        found: dict[int, list[Message]] = defaultdict(list)
        for message in messages:
            if error := message.error():
                if error.fatal():
                    raise KafkaException(error)
                logger.warning("%s: %s", self._name, error.str())
                self._stopping.wait(POLL_SECONDS)
            else:
                found[_number(message.partition())].append(message)
        return found

    def _take(self, client: Consumer, partition: int, records: list[Message]) -> None:
        done = _number(records[0].offset())
        try:
            events = list(self._events(records))
            until = time.monotonic() + settings.KAFKA_POLL_SECONDS * SHARE
            count = self._handler.take([event for _, event in events], until=until)
            done = events[count][0] if count < len(events) else _number(records[-1].offset()) + 1
        except Unavailable as e:
            self._hold(client, partition, done, e)
            return
        self._held.pop(partition, None)
        place = TopicPartition(settings.KAFKA_TOPIC, partition, done)
        if done <= _number(records[-1].offset()):
            client.seek(place)
        self._commit(client, place)

    def _events(self, records: Iterable[Message]) -> Iterable[tuple[int, Event]]:
        """(offset, event) of each record that is one; any other is parked."""
        for record in records:
            value = record.value() or b""
            try:
                yield _number(record.offset()), decode(value)
            except Malformed as e:
                place = f"{record.topic()}/{record.partition()}/{record.offset()}"
                parking.park_record(self._name, place, value, e)

    def _hold(self, client: Consumer, partition: int, offset: int, error: Unavailable) -> None:
        before = self._held.get(partition)
        delay = min(before.delay * 2, LONGEST_DELAY) if before else FIRST_DELAY
        logger.warning("Partition %d waits %.1f s for %s", partition, delay, error)
        connection.close()
        self._held[partition] = Hold(offset, delay, time.monotonic() + delay)
        place = TopicPartition(settings.KAFKA_TOPIC, partition, offset)
        client.pause([place])
        client.seek(place)

    def _commit(self, client: Consumer, place: TopicPartition) -> None:
        """One that fails is no loss: the partition went elsewhere, or the next commit says the same and more."""
        try:
            client.commit(offsets=[place], asynchronous=False)
        except KafkaException as e:
            logger.warning("%s: %s was not committed (%s)", self._name, place.partition, cluster.reason(e).str())


def _number(value: int | None) -> int:
    return 0 if value is None else value
