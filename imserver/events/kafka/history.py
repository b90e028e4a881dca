"""What the topic still has of a stretch of time, read beside all consumer groups."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import uuid4

from confluent_kafka import Consumer, KafkaException, TopicPartition
from django.conf import settings

from imserver.events.event import Event, Malformed, Unavailable, decode
from imserver.events.kafka import cluster

BATCH: Final = 500
SECONDS: Final = 15.0


def between(since: datetime, until: datetime) -> Iterator[list[Event]]:
    """Batches of the events that were published from `since` to `until`, in order within each conversation.

    Raises Unavailable.
    """
    group = f"{settings.KAFKA_TOPIC}.replay.{uuid4()}"
    client = cluster.connect(Consumer, group_id=group, enable_auto_commit=False)
    try:
        for begin, end in _stretches(client, since, until):
            yield from _read(client, begin, end)
    except KafkaException as e:
        raise Unavailable(cluster.reason(e).str()) from e
    finally:
        client.close()


def _stretches(client: Consumer, since: datetime, until: datetime) -> list[tuple[TopicPartition, int]]:
    """(where to begin, the offset to end before) for each partition."""
    if sentence := cluster.trouble(client, SECONDS):
        raise Unavailable(sentence)
    partitions = client.list_topics(settings.KAFKA_TOPIC, timeout=SECONDS).topics[settings.KAFKA_TOPIC].partitions
    begins, ends = (_at(client, list(partitions), moment) for moment in (since, until))
    return [
        (TopicPartition(settings.KAFKA_TOPIC, number, begins[number]), ends[number])
        for number in sorted(partitions)
        if begins[number] < ends[number]
    ]


def _at(client: Consumer, partitions: list[int], moment: datetime) -> dict[int, int]:
    """The first offset of each partition at or after a moment; its end where there is none."""
    millis = int(moment.timestamp() * 1000)
    wanted = [TopicPartition(settings.KAFKA_TOPIC, number, millis) for number in partitions]
    found = {one.partition: one.offset for one in client.offsets_for_times(wanted, timeout=SECONDS)}
    ends = {one.partition: client.get_watermark_offsets(one, timeout=SECONDS)[1] for one in wanted}
    return {number: offset if offset >= 0 else ends[number] for number, offset in found.items()}


def _read(client: Consumer, begin: TopicPartition, end: int) -> Iterator[list[Event]]:
    client.assign([begin])
    offset = begin.offset
    while offset < end:
        records = cluster.gather(client, BATCH, SECONDS)
        if not records:
            raise Unavailable(f"Kafka sent nothing for {SECONDS:.0f} s")
        batch = []
        for record in records:
            if error := record.error():
                raise KafkaException(error)
            offset = (record.offset() or 0) + 1
            if offset <= end:
                batch += _event(record.value() or b"")
        yield batch


def _event(record: bytes) -> list[Event]:
    try:
        return [decode(record)]
    except Malformed:
        return []  # parked when it came
