"""Devices that lack the newest messages of some conversations; everything made straight in the database."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from imserver import database, ids
from messaging import epochs, log, rules
from messaging.events import NUMBERS
from messaging.load import people, wire
from messaging.load.options import Options
from messaging.load.plan import Seat
from messaging.load.resume.plan import Gap, Known, Returning
from messaging.models import Conversation, Member, Profile
from messaging.rules import Kind
from messaging.writes import Draft, Mark

GROUPS, GROUP_MEMBERS = 0.1, 10
"""The share of a person's conversations that are groups, and how many come back of each."""
MESSAGES, MISSED = 6, 5
"""In each conversation; and of these at most missed by a device, where it has missed any."""
AT_ONCE = 1000
_KNOWN = """
    select m.user_id, m.conversation_id, c.rev, m.read_seq, p.shown_seq, p.delivered_seq
    from member m join conversation c on c.id = m.conversation_id
    left join member p on c.kind = 1 and p.conversation_id = c.id and p.user_id <> m.user_id
    where m.user_id = any(%s::uuid[])
"""
_KEYS = "select conversation_id, key from entry where conversation_id = any(%s::uuid[]) order by conversation_id, rev"


class Talk(NamedTuple):
    """A conversation of people who come back and of one who writes to them, and never has a socket."""

    id: UUID
    kind: Kind
    writer: UUID
    readers: list[UUID]


def devices(options: Options) -> list[Returning]:
    seats = people.make(options.users)
    users = [UUID(seat.user) for seat in seats]
    groups = int(options.conversations * GROUPS)
    writers = [UUID(seat.user) for seat in people.make(options.conversations - groups)]
    talks = [*_directs(users, writers), *_groups(users, writers, groups)]
    missed = _missed(talks, options.behind)
    for part in (talks[first : first + AT_ONCE] for first in range(0, len(talks), AT_ONCE)):
        _store(part)
        _write(part, options.size)
        _mark(part, missed)
    with connection.cursor() as cursor:  # else autovacuum does it, in the middle of the run
        cursor.execute("vacuum analyze")
    return _returning(seats, missed)


def _directs(users: Sequence[UUID], writers: Sequence[UUID]) -> Iterator[Talk]:
    for user in users:
        for writer in writers:
            yield Talk(rules.pair(user, writer), Kind.DIRECT, writer, [user])


def _groups(users: Sequence[UUID], writers: Sequence[UUID], each: int) -> Iterator[Talk]:
    """So many that everybody is in `each` of them, every time with other neighbours."""
    for turn in range(each):
        order = [*users[turn % len(users) :], *users[: turn % len(users)]]
        for first in range(0, len(order), GROUP_MEMBERS):
            yield Talk(ids.uuid7(), Kind.GROUP, writers[turn % len(writers)], order[first : first + GROUP_MEMBERS])


def _missed(talks: Sequence[Talk], behind: int) -> dict[tuple[UUID, UUID], int]:
    """How many of the newest messages each person's device lacks, by (user, conversation)."""
    mine: dict[UUID, list[UUID]] = {}
    for talk in talks:
        for user in talk.readers:
            mine.setdefault(user, []).append(talk.id)
    return {
        (user, conversation): random.randint(1, MISSED)  # noqa: S311
        for user, conversations in mine.items()
        for conversation in random.sample(conversations, min(behind, len(conversations)))
    }


def _store(talks: Sequence[Talk]) -> None:
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


def _write(talks: Sequence[Talk], size: int) -> None:
    content = b'{"text":"%b"}' % (b"x" * size)
    for _ in range(MESSAGES):
        log.append([Draft(talk.id, talk.writer, ids.uuid7(), NUMBERS["text"], content) for talk in talks])


def _mark(talks: Sequence[Talk], missed: dict[tuple[UUID, UUID], int]) -> None:
    """What a device has was delivered to it."""
    pairs = [(user, talk.id) for talk in talks for user in talk.readers]
    log.mark([Mark(cid, user, delivered_seq=MESSAGES - missed.get((user, cid), 0)) for user, cid in pairs])


def _returning(seats: Sequence[Seat], missed: dict[tuple[UUID, UUID], int]) -> list[Returning]:
    heads, keys = _heads(seats), _keys({conversation for _, conversation in missed})
    gaps: dict[str, list[Gap]] = {}
    for (user, conversation), count in missed.items():
        head = heads[str(user)][str(conversation)]
        gap = Gap(str(conversation), MESSAGES - count, keys[conversation][-count:], head)
        gaps.setdefault(str(user), []).append(gap)
    epoch = str(database.run(epochs.current()))
    return [_device(seat, epoch, heads[seat.user], gaps.get(seat.user, [])) for seat in seats]


def _device(seat: Seat, epoch: str, heads: dict[str, Known], gaps: list[Gap]) -> Returning:
    said = heads | {gap.conversation: [gap.cursor, *gap.head[1:]] for gap in gaps}
    return Returning(wire.hello(seat.token, epoch, said), gaps)


def _heads(seats: Sequence[Seat]) -> dict[str, dict[str, Known]]:
    found: dict[str, dict[str, Known]] = {seat.user: {} for seat in seats}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [[seat.user for seat in seats]])
        for user, conversation, *known in cursor.fetchall():
            found[str(user)][str(conversation)] = known
    return found


def _keys(conversations: set[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [list(conversations)])
        for conversation, key in cursor.fetchall():
            found.setdefault(conversation, []).append(str(key))
    return found
