"""What a handler is given, and what becomes of it."""

import time
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from imserver.events import event as shapes
from imserver.events import handling
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


def test_a_batch_that_takes_too_long_is_left_in_the_middle(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "PAUSES", ())

    def slow(events: Events) -> None:
        time.sleep(0.02)
        if len(events) > 1:
            raise ValueError("one by one, please")

    ear.before = slow
    done = Handler("ear", SUBSCRIPTIONS["ear"]).take([event(rev) for rev in range(1, 50)], until=time.monotonic() + 0.1)
    assert 0 < done < 20
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
