"""What a handler is given, and what becomes of it."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import msgspec
import pytest
from django.core.management import call_command

from imserver.events import event as shapes
from imserver.events import handling, parking, replaying
from imserver.events.event import Event, Events, Malformed, Topic, Unavailable
from imserver.events.handling import Handler
from imserver.models import Parked
from imserver.subscriptions import SUBSCRIPTIONS
from tests.events.ear import Ear, listening

pytestmark = pytest.mark.django_db
HERE = UUID(int=1)


def event(rev: int, topic: Topic = "message") -> Event:
    return Event(
        topic=topic,
        epoch=UUID(int=7),
        conversation=HERE,
        rev=rev,
        changed_rev=rev,
        kind="text",
        actor=UUID(int=3),
        at=datetime(2026, 11, 25, 7, 30, 1, 5000, UTC),
        entry=msgspec.Raw(b'{"rev":1}'),
    )


def test_a_subscription_is_told_only_of_its_topics() -> None:
    with listening(topics=("change", "notice")) as ear:
        events = [event(1), event(2, "change"), event(3, "self"), event(4, "notice")]
        assert Handler("ear", SUBSCRIPTIONS["ear"]).take(events) == 4
        assert Handler("ear", SUBSCRIPTIONS["ear"]).take([event(5)]) == 1
    assert ear.revs(HERE) == [2, 4]


def test_it_is_told_in_one_call_and_one_by_one_only_after_a_failure(ear: Ear) -> None:
    calls: list[list[int]] = []

    def note(events: Events) -> None:
        calls.append([one.rev for one in events])
        if 2 in calls[-1] and len(calls) < 4:
            raise ValueError("not yet")

    ear.before = note
    handler = Handler("ear", SUBSCRIPTIONS["ear"], pause=lambda _seconds: None)
    assert handler.take([event(1), event(2), event(3)]) == 3
    assert calls == [[1, 2, 3], [1], [2], [2], [3]]
    assert not Parked.objects.exists()


@pytest.mark.parametrize("error", [Unavailable("gone"), ConnectionResetError(), TimeoutError()])
def test_an_outage_is_no_fault_of_the_event(ear: Ear, error: Exception) -> None:
    def fail(_events: Events) -> None:
        raise error

    ear.before = fail
    with pytest.raises(Unavailable):
        Handler("ear", SUBSCRIPTIONS["ear"]).take([event(1)])
    assert not Parked.objects.exists()


def test_a_file_that_is_missing_is_no_outage(ear: Ear) -> None:
    def fail(_events: Events) -> None:
        raise FileNotFoundError("a bug")

    ear.before = fail
    assert Handler("ear", SUBSCRIPTIONS["ear"], pause=lambda _seconds: None).take([event(1)]) == 1
    assert Parked.objects.get().error == "FileNotFoundError: a bug"


def test_a_handler_that_breaks_on_everything_is_waited_for_once(ear: Ear) -> None:
    def fail(_events: Events) -> None:
        raise ValueError("no")

    ear.before, paused = fail, list[float]()
    handler = Handler("ear", SUBSCRIPTIONS["ear"], pause=paused.append)
    assert handler.take([event(rev) for rev in range(1, 11)]) == 10
    assert sum(paused) == sum(handling.PAUSES)
    assert Parked.objects.count() == 10


def test_when_the_time_is_over_nothing_is_begun(ear: Ear) -> None:
    assert Handler("ear", SUBSCRIPTIONS["ear"]).take([event(1)], until=time.monotonic()) == 0
    assert ear.heard == []


def test_whatever_an_error_says_can_be_kept(ear: Ear) -> None:
    def fail(_events: Events) -> None:
        raise ValueError("a\0b \ud800")

    ear.before = fail
    Handler("ear", SUBSCRIPTIONS["ear"], pause=lambda _seconds: None).take([event(1)])
    assert Parked.objects.get().error == "ValueError: a\\0b \\ud800"


def test_what_is_parked_is_read_page_by_page_and_forgotten_by_number(
    ear: Ear, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parking, "PAGE", 2)
    for rev in range(1, 6):
        parking.park("ear", event(rev), ValueError("no"))
    numbers = [row.id for row in parking.parked()]
    assert len(numbers) == 5
    call_command("events", "parked")
    said = capsys.readouterr().out
    assert all(f"{number}  " in said for number in numbers)
    call_command("events", "forget", *map(str, numbers[:2]), "999999999")
    assert "2 forgotten" in capsys.readouterr().out
    assert replaying.replay_parked() == (3, 0)
    assert ear.revs(HERE) == [3, 4, 5]


def test_a_batch_that_takes_too_long_is_left_in_the_middle(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "PAUSES", ())
    now = [0.0]
    monkeypatch.setattr(handling, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def slow(events: Events) -> None:
        now[0] += 1
        if len(events) > 1:
            raise ValueError("one by one, please")

    ear.before = slow
    done = Handler("ear", SUBSCRIPTIONS["ear"]).take([event(rev) for rev in range(1, 50)], until=10)
    assert done == 9  # the first second was spent on all of them
    assert ear.revs(HERE) == list(range(1, done + 1))


def test_what_is_parked_twice_is_kept_once(ear: Ear) -> None:
    def fail(_events: Events) -> None:
        raise ValueError("no")

    ear.before = fail
    handler = Handler("ear", SUBSCRIPTIONS["ear"], pause=lambda _seconds: None)
    for _ in range(2):
        assert handler.take([event(1)]) == 1
    assert shapes.decode(bytes(Parked.objects.get().record)) == event(1)


def test_a_record_is_read_as_it_was_written() -> None:
    said = event(1)
    assert shapes.decode(shapes.encode(said)) == said
    assert b'"at":"2026-11-25T07:30:01.005000Z"' in shapes.encode(said)


@pytest.mark.parametrize(
    "record",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"topic":"weather"}', b'{"topic":"message","rev":"x"}', b"1" * 5000],
)
def test_what_is_no_event_is_told_apart(record: bytes) -> None:
    with pytest.raises(Malformed):
        shapes.decode(record)


def test_a_field_of_a_newer_release_is_passed_over() -> None:
    said = shapes.encode(event(1))
    assert shapes.decode(said[:-1] + b',"colour":"blue"}') == event(1)
