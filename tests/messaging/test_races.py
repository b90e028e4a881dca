"""Real threads on real connections: whatever commits first wins, and the log stays whole."""

import itertools
import random
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from imserver.errors import DomainError
from imserver.ids import uuid7
from messaging import actions, errors, log, rules
from messaging.log import Draft, Mark
from messaging.models import Conversation, Entry, Member, Outbox, Sent
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
    actions.deny(conversation_id=group, user_id=person.id, bit=4, denied=True)


def mute(person: Person, group: UUID) -> None:
    Member.objects.filter(user_id=person.id, conversation_id=group).update(muted_until="infinity")


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
            with waiting(partial(actions.send, draft=draft(bob, group))) as sending:
                verdict(bob, group)
                transaction.set_autocommit  # noqa: B018
                connection.commit
        assert isinstance(sending.error(), refusal)
        assert Conversation.objects.get(id=group).seq == 0
