"""Conversations with messages in them, made straight in the database."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from imserver import ids
from messaging import log, rules
from messaging.events import NUMBERS
from messaging.load import people
from messaging.models import Conversation, Member, Profile
from messaging.rules import Kind
from messaging.writes import Draft

GROUPS, GROUP_MEMBERS = 0.1, 10
"""The share of a person's conversations that are groups, and how many of the people there are in each."""
AT_ONCE = 1000


class Talk(NamedTuple):
    """A conversation of people and of one who writes to them, and never has a socket."""

    id: UUID
    kind: Kind
    writer: UUID
    readers: list[UUID]


def among(users: Sequence[UUID], each: int) -> list[Talk]:
    """So many that everybody is in `each` of them: nine of ten with one person, the others groups."""
    groups = int(each * GROUPS)
    writers = [UUID(seat.user) for seat in people.make(each - groups)]
    return [*_directs(users, writers), *_groups(users, writers, groups)]


def _directs(users: Sequence[UUID], writers: Sequence[UUID]) -> Iterator[Talk]:
    for user in users:
        for writer in writers:
            yield Talk(rules.pair(user, writer), Kind.DIRECT, writer, [user])


def _groups(users: Sequence[UUID], writers: Sequence[UUID], each: int) -> Iterator[Talk]:
    """Every time with other neighbours."""
    for turn in range(each):
        order = [*users[turn % len(users) :], *users[: turn % len(users)]]
        for first in range(0, len(order), GROUP_MEMBERS):
            yield Talk(ids.uuid7(), Kind.GROUP, writers[turn % len(writers)], order[first : first + GROUP_MEMBERS])


def store(talks: Sequence[Talk]) -> None:
    Conversation.objects.bulk_create(
        [Conversation(id=talk.id, kind=talk.kind, members=len(talk.readers) + 1) for talk in talks]
    )
    Profile.objects.bulk_create(
        [Profile(conversation_id=talk.id, title="load") for talk in talks if talk.kind == Kind.GROUP]
    )
    Member.objects.bulk_create(
        [
            Member(conversation_id=talk.id, user_id=user, opened=True)
            for talk in talks
            for user in (talk.writer, *talk.readers)
        ]
    )


def write(talks: Sequence[Talk], size: int, count: int) -> None:
    """So many messages in each."""
    content = b'{"text":"%b"}' % (b"x" * size)
    for _ in range(count):
        log.append([Draft(talk.id, talk.writer, ids.uuid7(), NUMBERS["text"], content) for talk in talks])


def parts(talks: Sequence[Talk]) -> Iterator[Sequence[Talk]]:
    for first in range(0, len(talks), AT_ONCE):
        yield talks[first : first + AT_ONCE]


def tidy() -> None:
    """What autovacuum would do otherwise, in the middle of the run."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
