"""What Kafka adds: members that come, go and die, broken records, a broker that is not there."""

import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from imserver.events import log as event_log
from imserver.events.event import Events, Unavailable
from imserver.events.kafka import cluster, producer
from imserver.ids import uuid7
from imserver.models import Parked
from messaging import log, relay
from messaging.models import Backlog, Conversation
from messaging.writes import Draft
from tests import make
from tests.events.conftest import consuming, relay_all, until
from tests.events.ear import Ear
from tests.make import Person
from tests.processes import ROOT, server_environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.kafka]


def write(sender: Person, conversation: UUID, count: int, text: str = "a") -> None:
    for _ in range(count):
        log.append([Draft(conversation, sender.id, uuid7(), 1, b'{"text":"%b"}' % text.encode())])


def first_heard(revs: list[int]) -> list[int]:
    return list(dict.fromkeys(revs))


@contextmanager
def elsewhere(bootstrap: str, wanted: Any) -> Iterator[None]:
    """Kafka's address as it is not."""
    known, wanted.KAFKA_BOOTSTRAP = wanted.KAFKA_BOOTSTRAP, bootstrap
    event_log.current.cache_clear()
    yield
    wanted.KAFKA_BOOTSTRAP = known
    event_log.current.cache_clear()


def produce(record: bytes, key: str) -> None:
    client = Producer(cluster.configuration())
    client.produce(settings.KAFKA_TOPIC, key=key.encode(), value=record)
    assert client.flush(10) == 0


def test_members_that_come_and_go_lose_nothing(kafka: str, ear: Ear, ann: Person, bob: Person) -> None:
    places = [make.direct(ann, ann), make.direct(ann, bob), make.group(ann, bob), make.group(ann, bob)]
    with consuming():
        for _ in range(20):
            with consuming():
                for place in places:
                    write(ann, place, 2)
                relay_all()
                time.sleep(0.1)
        heads = {place: log_head(place) for place in places}
        until(lambda: all(len(set(ear.revs(place))) == head for place, head in heads.items()))
    for place, head in heads.items():
        assert first_heard(ear.revs(place)) == list(range(1, head + 1))


def log_head(conversation: UUID) -> int:
    return Conversation.objects.get(id=conversation).rev


@contextmanager
def member(file: Path, rest: float) -> Iterator["subprocess.Popen[bytes]"]:
    more = {"KAFKA_BOOTSTRAP": settings.KAFKA_BOOTSTRAP, "KAFKA_TOPIC": settings.KAFKA_TOPIC}
    command = [sys.executable, "-m", "tests.events.member", str(file), str(rest)]
    process = subprocess.Popen(command, cwd=ROOT, env=server_environment(**more))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def noted(file: Path, conversation: UUID) -> list[int]:
    lines = file.read_text().splitlines() if file.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith(str(conversation))]


def test_a_member_killed_in_the_middle_of_a_batch_leaves_it_to_the_next(
    kafka: str, ann: Person, bob: Person, tmp_path: Path
) -> None:
    direct, file = make.direct(ann, bob), tmp_path / "noted"
    write(ann, direct, 60)
    relay_all()
    with member(file, 0.05):
        until(lambda: len(noted(file, direct)) > 10)
    killed_at = noted(file, direct)
    assert 10 < len(killed_at) < 60
    with member(file, 0):
        until(lambda: len(set(noted(file, direct))) == 60, 60)
    assert noted(file, direct) == killed_at + list(range(1, 61))  # nothing of a batch that was not done was committed


def test_a_batch_that_outlasts_the_poll_interval_is_told_again(
    kafka: str, ear: Ear, ann: Person, bob: Person, settings: Any
) -> None:
    settings.KAFKA_POLL_SECONDS = 6
    direct, rests = make.direct(ann, bob), [8.0]
    ear.before = lambda _events: time.sleep(rests.pop()) if rests else None
    write(ann, direct, 10)
    relay_all()
    with consuming():
        until(lambda: len(ear.revs(direct)) >= 10)
        write(ann, direct, 10)
        relay_all()
        until(lambda: len(set(ear.revs(direct))) == 20)
    assert first_heard(ear.revs(direct)) == list(range(1, 21))


def test_many_slow_partitions_cost_no_membership(kafka: str, ear: Ear, ann: Person, bob: Person, settings: Any) -> None:
    settings.KAFKA_POLL_SECONDS = 12  # all partitions in one turn would take 16
    places = [make.group(ann, bob) for _ in range(8)]
    for place in places:
        write(ann, place, 9)
    relay_all()
    ear.before = lambda _events: time.sleep(4)
    with consuming():
        until(lambda: all(len(set(ear.revs(place))) == 10 for place in places), 60)
    assert all(ear.revs(place) == list(range(1, 11)) for place in places)  # nothing twice: nobody was missed


@pytest.mark.parametrize("record", [b"{", b"\xff\x00", b'{"topic":"weather"}', b""])
def test_a_broken_record_is_parked_once_and_the_partition_goes_on(
    kafka: str, ear: Ear, ann: Person, bob: Person, record: bytes
) -> None:
    direct = make.direct(ann, bob)
    write(ann, direct, 1)
    relay_all()
    produce(record, str(direct))
    write(ann, direct, 1)
    relay_all()
    for _ in range(2):
        with consuming():
            until(lambda: len(ear.revs(direct)) >= 2)
    row = Parked.objects.get()
    assert (row.subscription, bytes(row.record)) == ("ear", record)
    assert row.place.startswith(f"{settings.KAFKA_TOPIC}/")
    assert ear.revs(direct) == [1, 2]
    with pytest.raises(CommandError):
        call_command("events", "replay")
    assert Parked.objects.exists()


def test_what_is_too_large_for_the_broker_is_parked_and_can_be_told_without_it(
    kafka: str, ear: Ear, ann: Person, bob: Person
) -> None:
    limit = ConfigEntry("max.message.bytes", "3000", incremental_operation=AlterConfigOpType.SET)
    topic = ConfigResource(ResourceType.TOPIC, settings.KAFKA_TOPIC, incremental_configs=[limit])
    admin = AdminClient(cluster.configuration())
    [future] = admin.incremental_alter_configs([topic]).values()
    future.result(10)
    direct = make.direct(ann, bob)
    write(ann, direct, 3)
    write(ann, direct, 1, "".join(str(uuid7()) for _ in range(150)))
    write(ann, direct, 3)
    relay_all()
    with consuming():
        until(lambda: len(set(ear.revs(direct))) >= 6)
    assert first_heard(ear.revs(direct)) == [1, 2, 3, 5, 6, 7]
    row = Parked.objects.get()
    assert (row.subscription, row.place) == ("", f"{direct}/4")
    assert "SIZE" in row.error.upper()
    call_command("events", "replay")
    assert ear.revs(direct)[-1] == 4
    assert not Parked.objects.exists()


def test_without_a_broker_everything_is_rung_and_waits_in_order(
    kafka: str, ear: Ear, ann: Person, bob: Person, settings: Any
) -> None:
    direct = make.direct(ann, bob)
    with elsewhere("127.0.0.1:1", settings):
        for _ in range(3):
            write(ann, direct, 2)
            assert relay.relay() == 2
        assert Backlog.objects.count() == 6
        assert "does not answer" in event_log.current().trouble()
        with pytest.raises(Unavailable):
            relay.drain()
    write(ann, direct, 2)
    assert relay.relay() == 2  # behind those that wait
    assert Backlog.objects.count() == 8
    relay_all()
    assert not Backlog.objects.exists()
    with consuming():
        until(lambda: len(ear.revs(direct)) >= 8)
    assert ear.revs(direct) == list(range(1, 9))


def test_a_wrong_option_is_named_and_everything_waits(
    kafka: str, ear: Ear, ann: Person, bob: Person, settings: Any
) -> None:
    settings.KAFKA_OPTIONS = {"compression.tpye": "zstd"}
    event_log.current.cache_clear()
    direct = make.direct(ann, bob)
    write(ann, direct, 2)
    assert relay.relay() == 2
    assert Backlog.objects.count() == 2
    assert "compression.tpye" in event_log.current().trouble()
    with consuming():
        settings.KAFKA_OPTIONS = {"compression.type": "zstd"}
        relay_all()
        until(lambda: len(ear.revs(direct)) >= 2)


def test_an_option_cannot_take_the_promise_away(settings: Any) -> None:
    settings.KAFKA_OPTIONS = {"enable.idempotence": "false", "acks": "1", "socket.timeout.ms": "5000"}
    said = cluster.configuration(enable_idempotence=True, acks="all")
    assert (said["enable.idempotence"], said["acks"], said["socket.timeout.ms"]) == (True, "all", "5000")


def test_a_broker_that_is_away_is_said_once_a_minute(caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.KAFKA_BOOTSTRAP = "127.0.0.1:1"
    caplog.set_level("DEBUG", "librdkafka")
    clients = [cluster.connect(Producer, reconnect_backoff_max_ms=100) for _ in range(2)]
    for _ in range(10):
        for client in clients:
            client.poll(0.1)
    assert len([one for one in caplog.records if one.name == "librdkafka"]) <= 1


@patch.multiple(producer, PROBE_SECONDS=10.0, READY_SECONDS=10.0)  # a busy machine is no outage
def test_a_missing_topic_is_named_and_nobody_makes_it_by_the_way(
    kafka: str, ear: Ear, ann: Person, bob: Person, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KAFKA_TOPIC += "-missing"
    event_log.current.cache_clear()
    direct = make.direct(ann, bob)
    write(ann, direct, 2)
    relay.relay()
    with consuming():
        time.sleep(1)
    assert Backlog.objects.count() == 2
    assert f"no topic {settings.KAFKA_TOPIC}" in event_log.current().trouble()
    with consuming():  # one that is there before its topic
        call_command("events", "topic")
        call_command("events", "topic")
        assert "made" in capsys.readouterr().out
        until(lambda: event_log.current().trouble() == "")
        relay_all()
        until(lambda: len(ear.revs(direct)) >= 2)
    made = AdminClient(cluster.configuration()).list_topics(settings.KAFKA_TOPIC, timeout=10)
    assert len(made.topics[settings.KAFKA_TOPIC].partitions) == settings.KAFKA_PARTITIONS


def test_a_stretch_of_time_can_be_told_again(kafka: str, ear: Ear, ann: Person, bob: Person) -> None:
    direct, group = make.direct(ann, bob), make.group(ann, bob)
    write(ann, direct, 2)
    relay_all()
    time.sleep(0.05)
    since = timezone.now()
    write(ann, direct, 3)
    write(ann, group, 3)
    relay_all()
    time.sleep(0.05)
    until_ = timezone.now()
    write(ann, direct, 2)
    relay_all()
    call_command("events", "replay", "--since", since.isoformat(), "--until", until_.isoformat())
    assert (ear.revs(direct), ear.revs(group)) == ([3, 4, 5], [2, 3, 4])


def partition(place: UUID) -> int:
    """Where librdkafka puts what has this key, unless it is told otherwise."""
    return zlib.crc32(str(place).encode()) % int(settings.KAFKA_PARTITIONS)


def test_a_broken_partition_waits_alone(kafka: str, ear: Ear, ann: Person, bob: Person) -> None:
    """What its subscription needs is away for one conversation; the others go on meanwhile."""
    places = [make.group(ann, bob) for _ in range(12)]
    broken, away = places[0], [True]
    others = [place for place in places if partition(place) != partition(broken)]

    def check(events: Events) -> None:
        if away and any(event.conversation == broken for event in events):
            raise Unavailable("away")

    ear.before = check
    for place in places:
        write(ann, place, 2)
    relay_all()
    with consuming():
        until(lambda: all(len(ear.revs(place)) >= 3 for place in others))
        assert ear.revs(broken) == []
        away.clear()
        until(lambda: all(len(ear.revs(place)) >= 3 for place in places))
    assert all(first_heard(ear.revs(place)) == [1, 2, 3] for place in places)
