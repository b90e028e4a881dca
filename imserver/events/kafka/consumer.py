"""One subscription's consumer: batches by partition, an offset committed only once its events are done or parked."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Final

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from django.conf import settings
from django.db import connection

from imserver.events import parking
from imserver.events.event import Event, Malformed, Unavailable, decode
from imserver.events.handling import Handler
from imserver.events.kafka import cluster
from imserver.events.kafka.holds import Holds
from imserver.subscriptions import Subscription

logger = logging.getLogger(__name__)
BATCH: Final = 500
POLL_SECONDS: Final = 0.5
REST_SECONDS: Final = 2.0
SHARE: Final = 0.5  # of max.poll.interval that one turn may take


class Subscriber:
    """Runs in a thread of its own until `stopping`; heals by itself whatever breaks."""

    def __init__(self, name: str, subscription: Subscription, stopping: threading.Event):
        self._name, self._handler, self._stopping = name, Handler(name, subscription), stopping
        self._holds = Holds()
        self._batch = BATCH

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._consume()
            except Exception:
                logger.exception("%s: the consumer starts anew", self._name)
                self._stopping.wait(REST_SECONDS)
            finally:
                self._holds.clear()
                connection.close()

    def _consume(self) -> None:
        with closing(self._connected()) as client:
            client.subscribe([settings.KAFKA_TOPIC], on_assign=self._dropped, on_revoke=self._dropped)
            while not self._stopping.is_set():
                self.turn(client)

    def _connected(self) -> Consumer:
        return cluster.connect(
            Consumer,
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
            self._holds.forget(one.partition)

    def turn(self, client: Consumer) -> None:
        """Read, have done, commit; then let go on whoever has waited long enough.

        A turn that takes too long costs the membership: the next ones are smaller, down to one event.
        """
        records = cluster.gather(client, self._batch, POLL_SECONDS)
        began, share = time.monotonic(), settings.KAFKA_POLL_SECONDS * SHARE
        for partition, some in self._by_partition(records).items():
            self._take(client, partition, some, until=began + share)
        took = time.monotonic() - began
        if took > share / 2:
            self._batch = max(1, self._batch // 4)
        elif took < share / 8:
            self._batch = min(BATCH, self._batch * 2)
        self._holds.release(client)

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

    def _take(self, client: Consumer, partition: int, records: list[Message], *, until: float) -> None:
        done = _number(records[0].offset())
        try:
            events = list(self._events(records))
            count = self._handler.take([event for _, event in events], until=until)
            done = events[count][0] if count < len(events) else _number(records[-1].offset()) + 1
        except Unavailable as e:
            connection.close()
            self._holds.hold(client, partition, done, e)
            return
        self._holds.forget(partition)
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

    def _commit(self, client: Consumer, place: TopicPartition) -> None:
        """One that fails is no loss: the partition went elsewhere, or the next commit says the same and more."""
        try:
            client.commit(offsets=[place], asynchronous=False)
        except KafkaException as e:
            logger.warning("%s: %s was not committed (%s)", self._name, place.partition, cluster.reason(e).str())


def _number(value: int | None) -> int:
    return 0 if value is None else value
