"""Real threads on real connections: whatever commits first wins, and the log stays whole."""

import itertools
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from imserver.errors import DomainError
from imserver.ids import uuid7
from messaging import actions, errors, log, rules
from messaging.models import Conversation, Entry, Member, Outbox, Sent
from messaging.writes import Draft, Mark
from tests import make
from tests.make import Person
from tests.messaging.race import deadlocks, results, together, waiting

pytestmark = pytest.mark.django_db(transaction=True)


def draft(sender: Person, conversation: UUID, content: bytes = b'{"text":"hello"}') -> Draft:
    return Draft(conversation, sender.id, uuid7(), 1, content)


def entries_are_dense(conversation: UUID) -> None:
    row = Conversation.objects.get(id=conversation)
    stored = Entry.objects.filter(conversation_id=conversation)
    revs, seqs = (list(stored.order_by("rev").values_list(name, flat=True)) for name in ("rev", "seq"))
    assert revs == list(range(1, row.rev + 1))
    assert [seq for seq in seqs if seq] == list(range(1, row.seq + 1))


def told(conversation: UUID) -> list[int]:
    """The revs in the order in which the outbox tells them."""
    pointers = Outbox.objects.filter(conversation_id=conversation).order_by("id")
    return list(itertools.chain.from_iterable(range(one.first_rev, one.last_rev + 1) for one in pointers))


def test_eight_writers_share_one_conversation(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)

    def write(sender: Person) -> list[int]:
        seqs = []
        for size in (1, 3, 1, 7, 2, 1, 5, 1, 1, 3):
            outcomes = log.append([draft(sender, conversation) for _ in range(size)])
            seqs += [outcome.seq for outcome in outcomes]
        return seqs

    found = results(*[partial(write, sender) for sender in [ann, bob] * 4])
    assert sorted(itertools.chain.from_iterable(found)) == list(range(1, 201))
    assert all(seqs == sorted(seqs) for seqs in found)
    entries_are_dense(conversation)
    assert told(conversation) == list(range(1, 201))
    assert Sent.objects.filter(conversation_id=conversation).count() == 200


def test_twelve_retries_at_once_are_one_message(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    one = draft(ann, conversation)
    found = results(*[partial(actions.send, draft=one) for _ in range(12)])
    assert {(outcome.rev, outcome.seq, outcome.created_ms) for outcome in found} == {(1, 1, found[0].created_ms)}
    assert sum(not outcome.duplicate for outcome in found) == 1
    assert told(conversation) == [1]
    entries_are_dense(conversation)


def test_one_key_in_two_conversations_at_once_stands_in_one(ann: Person, bob: Person) -> None:
    group, notes = make.group(ann, bob), make.direct(ann, ann)
    for _ in range(10):
        one = draft(ann, group)
        racers = together(*[partial(actions.send, draft=one._replace(conversation=place)) for place in (group, notes)])
        refused = [racer.error() for racer in racers]
        assert sorted(type(error) for error in refused if error) == [errors.KeyReused]
        winner = [group, notes][refused.index(None)]
        assert list(Entry.objects.filter(key=one.key).values_list("conversation_id", flat=True)) == [winner]
    entries_are_dense(group)
    entries_are_dense(notes)


def remove(person: Person, group: UUID) -> None:
    actions.remove_members(conversation_id=group, user_ids=[person.id], by=person.id)


def ban(person: Person, group: UUID) -> None:
    actions.deny(conversation_id=group, user_id=person.id, policies=4, denied=4)


def mute(person: Person, group: UUID) -> None:
    until = timezone.now() + timedelta(hours=1)
    Member.objects.filter(user_id=person.id, conversation_id=group).update(muted_until=until)


@pytest.mark.parametrize(
    ("verdict", "refusal"), [(remove, errors.NotAMember), (ban, errors.Banned), (mute, errors.Muted)]
)
def test_a_verdict_that_commits_while_a_send_waits_refuses_it(
    ann: Person, bob: Person, verdict: Callable[[Person, UUID], None], refusal: type[DomainError]
) -> None:
    for _ in range(3):
        group = make.group(ann, bob)
        with transaction.atomic():
            log.hold([group, rules.pair(bob.id, bob.id)])
            sending = waiting(partial(actions.send, draft=draft(bob, group)))
            verdict(bob, group)
        assert isinstance(sending.error(), refusal)
        assert Conversation.objects.get(id=group).seq == 0


ACTS: dict[str, Callable[[Person, Person, UUID], Any]] = {
    "send": lambda ann, bob, group: make.message(ann, group),
    "mark": lambda ann, bob, group: actions.mark(user_id=bob.id, conversation_id=group, read_seq=1),
    "edit": lambda ann, bob, group: actions.edit(**first(ann, group), edited=actions.Edited(b'{"text":"b"}')),
    "recall": lambda ann, bob, group: actions.recall(**first(ann, group)),
    "deny": lambda ann, bob, group: ban(bob, group),
    "join": lambda ann, bob, group: actions.add_members(conversation_id=group, user_ids=[bob.id], by=ann.id),
    "leave": lambda ann, bob, group: remove(bob, group),
}


def first(person: Person, conversation: UUID) -> dict[str, Any]:
    return {"user_id": person.id, "conversation_id": conversation, "seq": 1, "now": timezone.now()}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_holds_its_conversation(ann: Person, bob: Person, act: str) -> None:
    group = make.group(ann, bob)
    make.message(ann, group)
    with transaction.atomic():
        log.hold([group])
        acting = waiting(partial(ACTS[act], ann, bob, group))
    acting.ends()


def test_opening_a_conversation_that_is_there_holds_it_too(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    with transaction.atomic():
        log.hold([conversation])
        opening = waiting(partial(make.direct, bob, ann))
    assert opening.ends() == conversation


def test_a_recall_that_commits_while_a_reply_waits_refuses_it(ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    seq = make.message(ann, conversation).seq
    with transaction.atomic():
        log.hold([conversation])
        replying = waiting(partial(actions.send, draft=draft(bob, conversation)._replace(reply_to=seq)))
        actions.recall(user_id=ann.id, conversation_id=conversation, seq=seq, now=timezone.now())
    assert isinstance(replying.error(), errors.BadReply)


class Storm:
    """Everything that locks conversations, on the same few, in any order."""

    def __init__(self, ann: Person, bob: Person):
        self.ann, self.bob = ann, bob
        self.groups = [make.group(ann, bob), make.group(bob, ann)]
        self.places = [*self.groups, make.direct(ann, bob), make.direct(ann, ann)]
        for place in self.places:
            make.message(ann, place)

    def sends(self, dice: random.Random) -> None:
        for _ in range(20):
            log.append([draft(self.ann, place) for place in dice.sample(self.places, 3)])

    def marks(self, dice: random.Random) -> None:
        for i in range(20):
            log.mark(
                [Mark(place, who.id, i, i) for place in dice.sample(self.places, 3) for who in (self.bob, self.ann)]
            )

    def changes(self, dice: random.Random) -> None:
        for i in range(20):
            named = {"user_id": self.ann.id, "conversation_id": dice.choice(self.places), "seq": dice.randint(1, 20)}
            with suppress(DomainError):
                actions.edit(**named, edited=actions.Edited(b'{"text":"%d"}' % i), now=timezone.now())
                actions.recall(**named, now=timezone.now())

    def joins(self, dice: random.Random) -> None:
        for _ in range(8):
            i = dice.randrange(2)
            other = {"conversation_id": self.groups[i], "user_ids": [(self.bob, self.ann)[i].id], "by": self.ann.id}
            actions.remove_members(**other)
            actions.add_members(**other)


def test_sends_marks_and_changes_at_once_never_deadlock(ann: Person, bob: Person) -> None:
    storm, before = Storm(ann, bob), deadlocks()

    def work(job: Callable[[random.Random], None], seed: int) -> None:
        job(random.Random(seed))
        deadlocks()

    jobs = (storm.sends, storm.marks, storm.changes, storm.joins) * 2
    results(*[partial(work, job, seed) for seed, job in enumerate(jobs)])
    assert deadlocks() == before
    for place in storm.places:
        entries_are_dense(place)
        assert told(place) == list(range(1, Conversation.objects.get(id=place).rev + 1))


def test_two_people_who_write_first_at_once_get_one_conversation(ann: Person) -> None:
    for _ in range(50):
        bob = make.person("bob")
        opened = results(partial(make.direct, ann, bob), partial(make.direct, bob, ann))
        assert opened == [rules.pair(ann.id, bob.id)] * 2
        assert Conversation.objects.get(id=opened[0]).members == 2
        assert Member.objects.filter(conversation_id=opened[0]).count() == 2


def test_two_who_join_the_last_place_at_once_do_not_overfill_the_group(
    ann: Person, bob: Person, eve: Person, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "group_members": 2}
    group = make.group(ann)
    calls = [partial(actions.add_members, conversation_id=group, user_ids=[who.id], by=ann.id) for who in (bob, eve)]
    refused = [type(error) for racer in together(*calls) if (error := racer.error())]
    assert refused == [errors.GroupFull]
    assert Conversation.objects.get(id=group).members == 2
