"""The sure lane: what is stored is told, in order, at least once, whatever breaks in between."""

import itertools
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import Error, connection, transaction
from redis import Redis

from imserver import database
from imserver.events.event import Events
from imserver.ids import uuid7
from imserver.realtime import push
from imserver.realtime.bulletin import Item, Ring
from imserver.realtime.line import DELIVER
from messaging import actions, log, outgoing, queries, relay
from messaging.models import Conversation, Entry, Outbox
from messaging.writes import Draft
from tests import make
from tests.events.ear import Ear, listening
from tests.make import Person
from tests.messaging.race import results, together

pytestmark = pytest.mark.django_db


def drafts(sender: Person, *conversations: UUID) -> list[Draft]:
    return [Draft(one, sender.id, uuid7(), 1, b'{"text":"a"}') for one in conversations]


@pytest.fixture
def ear() -> Iterator[Ear]:
    with listening() as ear:
        yield ear


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], Ring]]:
    """What the relay rings on the bus; the fast lane is left out."""
    found: list[tuple[tuple[str, ...], Ring]] = []

    def deliver(items: Sequence[Item]) -> None:
        found.extend((topics, one) for topics, one in items if isinstance(one, Ring))

    monkeypatch.setattr(push, "deliver", deliver)
    return found


def revs(rung: Sequence[tuple[tuple[str, ...], Ring]], conversation: UUID) -> list[int]:
    rings = [one for _, one in rung if one.conversation == str(conversation)]
    return list(itertools.chain.from_iterable(range(one.first_rev, one.last_rev + 1) for one in rings))


def test_it_rings_and_tells_everything_in_order_and_forgets_it(
    ann: Person, bob: Person, rung: list[Any], ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct, group = make.direct(ann, bob), make.group(ann, bob)
    for _ in range(5):
        log.append(drafts(ann, direct, group, direct))
        log.append(drafts(bob, group))
    monkeypatch.setattr(outgoing, "POINTERS", 4)
    done = [relay.relay() for _ in range(5)]
    assert done == [4, 4, 4, 4, 2]  # the first pointers are the group's opening: itself and two self logs
    assert not Outbox.objects.exists()
    assert revs(rung, direct) == list(range(1, 11))
    assert revs(rung, group) == list(range(1, 12))
    for conversation, first in ((direct, 1), (group, 2)):
        assert [rev for rev in ear.revs(conversation) if rev >= first] == list(range(first, first + 10))
    assert relay.relay() == 0


def test_a_kind_of_a_newer_release_is_passed_on(ann: Person, bob: Person, rung: list[Any], ear: Ear) -> None:
    """Both run side by side while a new version is rolled out."""
    direct = make.direct(ann, bob)
    log.append(drafts(ann, direct, direct, direct))
    Entry.objects.filter(conversation_id=direct, rev=2).update(kind=31)
    assert relay.relay() == 1
    assert not Outbox.objects.exists()
    assert revs(rung, direct) == [1, 2, 3]
    assert [(event.rev, event.kind, event.topic) for event in ear.heard][1] == (2, "kind.31", "message")
    pulled = database.run(queries.pull(bob.id, direct, 0, 10))
    assert [json.loads(item)["kind"] for item in pulled.items] == ["text", "kind.31", "text"]


def test_a_ring_goes_where_its_conversation_is_heard(ann: Person, bob: Person, rung: list[Any]) -> None:
    direct, group, notes = make.direct(ann, bob), make.group(ann), make.direct(bob, bob)
    log.append([*drafts(ann, direct), *drafts(ann, group), *drafts(bob, notes)])
    relay.relay()
    topics = {one.conversation: topics for topics, one in rung}
    assert topics[str(direct)] == tuple(sorted([f"user:{ann.id}", f"user:{bob.id}"]))
    assert topics[str(group)] == (f"conversation:{group}",)
    assert topics[str(notes)] == (f"user:{bob.id}",)


def test_an_event_says_what_happened_and_to_what(ann: Person, bob: Person, rung: list[Any], ear: Ear) -> None:
    del rung
    direct = make.direct(ann, bob)
    sent = make.message(ann, direct)
    content = {"user_id": ann.id, "conversation_id": direct, "seq": 1, "edited": actions.Edited(b'{"text":"b"}')}
    actions.edit(**content, now=make.timezone.now())
    relay.relay()
    sent_event, edited = ear.heard
    assert (sent_event.topic, sent_event.kind, sent_event.actor, sent_event.rev) == ("message", "text", ann.id, 1)
    assert sent_event.at.timestamp() * 1000 == sent.created_ms
    assert (edited.topic, edited.kind, edited.rev, edited.changed_rev) == ("change", "edit", 2, 2)
    # Content exists once: what was edited before it was published is published as it is now.
    assert sent_event.changed_rev == 2
    for told in (sent_event.entry, edited.state):
        assert told is not None
        assert json.loads(bytes(told))["content"] == {"text": "b"}
    assert "state" not in json.loads(bytes(edited.entry))


def test_a_crash_after_the_publishing_repeats_and_loses_nothing(
    ann: Person, bob: Person, rung: list[Any], ear: Ear
) -> None:
    direct = make.direct(ann, bob)
    log.append(drafts(ann, direct, direct))
    with transaction.atomic():
        assert relay.relay() == 1
        transaction.set_rollback(True)  # the process is killed before the commit
    assert Outbox.objects.count() == 1
    assert relay.relay() == 1
    assert revs(rung, direct) == [1, 2, 1, 2]
    assert ear.revs(direct) == [1, 2, 1, 2]


def test_without_redis_the_outbox_keeps_what_it_has(
    ann: Person, bob: Person, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = make.direct(ann, bob)
    log.append(drafts(ann, direct))
    nowhere = Redis.from_url("redis://127.0.0.1:1").register_script(DELIVER)
    with monkeypatch.context() as away:
        away.setattr(push, "_script", lambda: nowhere)
        with pytest.raises(push.Undelivered):
            relay.relay()
    assert (Outbox.objects.count(), ear.heard) == (1, [])
    assert relay.relay() == 1


@pytest.mark.django_db(transaction=True)
def test_the_loop_outlives_whatever_breaks(ann: Person, bob: Person, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping, breaks = threading.Event(), iter([push.Undelivered("gone"), OSError("gone"), ValueError("a bug")])

    def deliver(items: Sequence[Item]) -> None:
        if items and isinstance(items[0][1], Ring) and (trouble := next(breaks, None)):
            raise trouble

    def stop(_events: Events) -> None:
        stopping.set()

    monkeypatch.setattr(push, "deliver", deliver)
    monkeypatch.setattr(relay, "BROKEN_SECONDS", 0.001)
    ear.before = stop
    direct = make.direct(ann, bob)
    log.append(drafts(ann, direct))
    results(partial(relay.run, stopping))
    assert ear.revs(direct) == [1]
    assert next(breaks, None) is None
    assert not Outbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_relays_take_turns(ann: Person, bob: Person, rung: list[Any]) -> None:
    direct = make.direct(ann, bob)
    log.append(drafts(ann, direct))
    with transaction.atomic():
        assert relay.relay() == 1
        assert results(relay.relay) == [0]
    log.append(drafts(ann, direct))
    assert results(relay.relay) == [1]
    assert revs(rung, direct) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_relays_beside_four_writers_tell_each_rev_once_and_in_order(
    ann: Person, bob: Person, rung: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "POINTERS", 3)
    places, finished = [make.direct(ann, bob), make.group(ann, bob)], threading.Event()
    relays = [threading.Thread(target=results, args=[partial(drain, finished)]) for _ in range(2)]
    for one in relays:
        one.start()
    together(*[partial(write, ann, places)] * 4)
    finished.set()
    for one in relays:
        one.join()
    drain(finished)
    for place in places:
        assert revs(rung, place) == list(range(1, Conversation.objects.get(id=place).rev + 1))


def write(sender: Person, places: Sequence[UUID]) -> None:
    for _ in range(25):
        log.append(drafts(sender, *places))


def drain(finished: threading.Event) -> None:
    while relay.relay() or not finished.is_set():
        pass


@pytest.mark.django_db(transaction=True)
def test_a_lower_number_that_commits_later_is_not_lost(ann: Person, bob: Person, rung: list[Any]) -> None:
    slow, quick = make.group(ann, bob), make.direct(ann, bob)
    while relay.relay():
        pass
    written, commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            log.append(drafts(ann, slow))
            written.set()
            assert commit.wait(30)

    writer = threading.Thread(target=results, args=[write_slowly])
    writer.start()
    assert written.wait(30)
    log.append(drafts(ann, quick))
    assert relay.relay() == 1
    assert (revs(rung, quick), revs(rung, slow)) == ([1], [1])
    higher = Outbox.objects.count()
    commit.set()
    writer.join()
    assert (higher, relay.relay()) == (0, 1)
    assert revs(rung, slow) == [1, 2]


def test_a_relay_that_says_nothing_for_too_long_loses_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its machine may have lost its power: TCP would keep it for hours."""
    monkeypatch.setattr(relay, "LONGEST_TURN", "300ms")
    has_turn, over = threading.Event(), threading.Event()

    def hold() -> None:
        with suppress(Error), transaction.atomic():
            if relay._is_my_turn():
                has_turn.set()
            over.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert has_turn.wait(5)
    monkeypatch.setattr(relay, "LONGEST_TURN", "60s")
    end = time.monotonic() + 5
    while not relay._is_my_turn():
        assert time.monotonic() < end
        time.sleep(0.05)
    over.set()
    holder.join()
