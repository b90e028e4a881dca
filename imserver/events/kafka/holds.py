"""Partitions that wait until what their subscription needs is there again."""

import logging
import time
from dataclasses import dataclass
from typing import Final

from confluent_kafka import Consumer, TopicPartition
from django.conf import settings

logger = logging.getLogger(__name__)
FIRST_DELAY: Final = 0.5
LONGEST_DELAY: Final = 15.0


@dataclass
class Hold:
    delay: float
    until: float


class Holds:
    """By partition. Its delay doubles until a batch of it is done."""

    def __init__(self) -> None:
        self._held: dict[int, Hold] = {}

    def hold(self, client: Consumer, partition: int, offset: int, error: Exception) -> None:
        """Nothing more of it for a while, and then from this offset on."""
        before = self._held.get(partition)
        delay = min(before.delay * 2, LONGEST_DELAY) if before else FIRST_DELAY
        logger.warning("Partition %d waits %.1f s for %s", partition, delay, error)
        self._held[partition] = Hold(delay, time.monotonic() + delay)
        place = TopicPartition(settings.KAFKA_TOPIC, partition, offset)
        client.pause([place])
        client.seek(place)

    def release(self, client: Consumer) -> None:
        """Whoever has waited long enough is tried again."""
        now = time.monotonic()
        due = [partition for partition, hold in self._held.items() if hold.until <= now]
        if due:
            client.resume([TopicPartition(settings.KAFKA_TOPIC, partition) for partition in due])
            for partition in due:
                self._held[partition].until = float("inf")  # until its next batch

    def forget(self, partition: int) -> None:
        self._held.pop(partition, None)

    def clear(self) -> None:
        self._held.clear()
