"""Devices that lack the newest messages of some conversations; everything made straight in the database."""

import random
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from imserver import database
from messaging import epochs, log
from messaging.load import people, talks, wire
from messaging.load.options import Options
from messaging.load.plan import Seat
from messaging.load.resume.plan import Gap, Known, Returning
from messaging.load.talks import Talk
from messaging.writes import Mark

MESSAGES, MISSED = 6, 5
"""In each conversation; and of these at most missed by a device, where it has missed any."""
_KNOWN = """
    select m.user_id, m.conversation_id, c.rev, m.read_seq, p.shown_seq, p.delivered_seq
    from member m join conversation c on c.id = m.conversation_id
    left join member p on c.kind = 1 and p.conversation_id = c.id and p.user_id <> m.user_id
    where m.user_id = any(%s::uuid[])
"""
_KEYS = "select conversation_id, key from entry where conversation_id = any(%s::uuid[]) order by conversation_id, rev"


def devices(options: Options) -> list[Returning]:
    seats = people.make(options.users)
    made = talks.among([UUID(seat.user) for seat in seats], options.conversations)
    missed = _missed(made, options.behind)
    for part in talks.parts(made):
        talks.store(part)
        talks.write(part, options.size, MESSAGES)
        _mark(part, missed)
    talks.tidy()
    return _returning(seats, missed)


def _missed(made: Sequence[Talk], behind: int) -> dict[tuple[UUID, UUID], int]:
    """How many of the newest messages each person's device lacks, by (user, conversation)."""
    mine: dict[UUID, list[UUID]] = {}
    for talk in made:
        for user in talk.readers:
            mine.setdefault(user, []).append(talk.id)
    return {
        (user, conversation): random.randint(1, MISSED)  # noqa: S311
        for user, conversations in mine.items()
        for conversation in random.sample(conversations, min(behind, len(conversations)))
    }


def _mark(made: Sequence[Talk], missed: dict[tuple[UUID, UUID], int]) -> None:
    """What a device has was delivered to it."""
    pairs = [(user, talk.id) for talk in made for user in talk.readers]
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
