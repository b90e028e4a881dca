"""What every fit of the event log promises to a subscription."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from imserver.events import handling, replaying
from imserver.events.event import Events, Unavailable
from imserver.ids import uuid7
from imserver.models import Parked
from messaging import log, relay
from messaging.models import Backlog
from messaging.writes import Draft
from tests import make
from tests.events.conftest import Fit, relay_all
from tests.make import Person

pytestmark = pytest.mark.django_db(transaction=True)


def write(sender: Person, conversations: Sequence[UUID], count: int) -> None:
    for _ in range(count):
        log.append([Draft(one, sender.id, uuid7(), 1, b'{"text":"a"}') for one in conversations])


def refuse(rev: int, error: type[Exception] = ValueError) -> "Refusal":
    return Refusal(rev, error)


class Refusal:
    """A handler that breaks on one rev."""

    def __init__(self, rev: int, error: type[Exception]):
        self.rev, self.error, self.calls = rev, error, 0

    def __call__(self, events: Events) -> None:
        if any(event.rev == self.rev for event in events):
            self.calls += 1
            raise self.error("no")


def test_a_subscription_hears_every_entry_of_a_conversation_in_order(fit: Fit, ann: Person, bob: Person) -> None:
    direct, group = make.direct(ann, bob), make.group(ann, bob)
    write(ann, [direct, group], 40)
    relay_all()
    write(bob, [group], 10)
    fit.settle(lambda: len(fit.ear.revs(direct)) >= 40 and len(fit.ear.revs(group)) >= 51)
    assert fit.ear.revs(direct) == list(range(1, 41))
    assert fit.ear.revs(group) == list(range(1, 52))  # the first entry is the group's opening


def test_it_hears_of_every_topic(fit: Fit, ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    write(ann, [group], 1)
    fit.settle(lambda: len(fit.ear.heard) >= 4)
    topics = [(event.conversation == group, event.topic, event.kind) for event in fit.ear.heard]
    assert sorted(topics) == [
        (False, "self", "conversation.joined"),
        (False, "self", "conversation.joined"),
        (True, "message", "text"),
        (True, "notice", "group.updated"),
    ]


def test_an_outage_is_waited_for_and_nothing_is_parked(fit: Fit, ann: Person, bob: Person) -> None:
    direct = make.direct(ann, bob)
    away = [True]

    def check(_events: Events) -> None:
        if away[0]:
            raise Unavailable("the store is away")

    fit.ear.before = check
    write(ann, [direct], 5)
    relay.relay()
    write(ann, [direct], 5)
    relay.relay()
    assert fit.ear.heard == []
    away.clear()
    away.append(False)
    fit.settle(lambda: len(fit.ear.revs(direct)) >= 10)
    assert fit.ear.revs(direct) == list(range(1, 11))
    assert not Parked.objects.exists()
    assert not Backlog.objects.exists()


def test_what_can_never_be_taken_is_parked_and_the_rest_goes_on(
    fit: Fit, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "PAUSES", (0.01, 0.01))
    direct = make.direct(ann, bob)
    fit.ear.before = refusal = refuse(3)
    write(ann, [direct], 5)
    fit.settle(lambda: len(fit.ear.revs(direct)) >= 4)
    assert fit.ear.revs(direct) == [1, 2, 4, 5]
    assert refusal.calls >= 1 + len(handling.PAUSES)
    row = Parked.objects.get()
    assert (row.subscription, row.place, row.error) == ("ear", f"{direct}/3", "ValueError: no")


def test_what_is_parked_is_told_again_on_demand(
    fit: Fit, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(handling, "PAUSES", ())
    direct = make.direct(ann, bob)
    fit.ear.before = refuse(2)
    write(ann, [direct], 3)
    fit.settle(lambda: len(fit.ear.revs(direct)) >= 2)
    with pytest.raises(CommandError):
        call_command("events", "replay")
    assert Parked.objects.count() == 1
    fit.ear.before = lambda _events: None
    call_command("events", "parked")
    assert f"ear: {direct}/2  ValueError: no" in capsys.readouterr().out
    call_command("events", "replay")
    assert fit.ear.revs(direct) == [1, 3, 2]
    assert not Parked.objects.exists()


def test_a_handler_that_always_breaks_parks_everything_and_holds_up_nobody(
    fit: Fit, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "PAUSES", ())
    direct = make.direct(ann, bob)

    def broken(_events: Events) -> None:
        raise RuntimeError("a bug")

    fit.ear.before = broken
    write(ann, [direct], 20)
    fit.settle(lambda: Parked.objects.count() >= 20)
    fit.ear.before = lambda _events: None
    write(ann, [direct], 1)
    fit.settle(lambda: bool(fit.ear.heard))
    assert fit.ear.revs(direct) == [21]
    assert replaying.replay_parked("ear") == (20, 0)
    assert sorted(fit.ear.revs(direct)) == list(range(1, 22))


def test_a_kind_that_this_release_does_not_know_is_passed_on(fit: Fit, ann: Person, bob: Person) -> None:
    direct = make.direct(ann, bob)
    log.append([Draft(direct, ann.id, uuid7(), 31, b'{"new":true}')])
    write(ann, [direct], 1)
    fit.settle(lambda: len(fit.ear.revs(direct)) >= 2)
    assert [event.kind for event in fit.ear.heard] == ["kind.31", "text"]
