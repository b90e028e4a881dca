"""Seats in conversations: one's own, and new ones by the thousand.

Those are arrays in one statement, the other columns by their defaults: Django would spell each value of each row, which
takes ten times as long while a group is held.
"""

from collections.abc import Sequence
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from django.db import connection

from messaging import errors
from messaging.models import Conversation, Member
from messaging.rules import Kind

_CONVERSATIONS: Final[LiteralString] = """
insert into conversation (id, kind, members) select * from unnest(%s::uuid[], %s::smallint[], %s::int[])
on conflict do nothing
"""
_SEATS: Final[LiteralString] = """
insert into member (conversation_id, user_id, denied) select * from unnest(%s::uuid[], %s::uuid[], %s::smallint[])
on conflict do nothing
"""
_NEWCOMERS: Final[LiteralString] = """
insert into member (conversation_id, from_rev, from_seq, read_seq, user_id, muted_until, posted_at)
select %s, %s, %s, %s, * from unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[])
"""


def taken(user_id: UUID, conversation_id: UUID) -> Member:
    """A person's own. Raises NotAMember, which is also what a stranger hears of a conversation that exists."""
    found = Member.objects.select_related("conversation").filter(user_id=user_id, conversation_id=conversation_id)
    if not (member := found.first()) or not member.sees_it:
        raise errors.NotAMember
    return member


class Seat(NamedTuple):
    conversation: UUID
    user: UUID
    denied: int = 0


def make_missing(conversations: Sequence[tuple[UUID, Kind, int]], seats: Sequence[Seat]) -> None:
    """Those that are there already stay as they are."""
    with connection.cursor() as cursor:
        cursor.execute(_CONVERSATIONS, _columns(conversations, 3))
        cursor.execute(_SEATS, _columns(seats, 3))


def seat(newcomers: Sequence[Member], group: Conversation) -> None:
    """All of them see the same of the group."""
    for one in newcomers[:1]:
        sees = [one.from_rev, one.from_seq, one.read_seq]
        columns = _columns([(row.user_id, row.muted_until, row.posted_at) for row in newcomers], 3)
        with connection.cursor() as cursor:
            cursor.execute(_NEWCOMERS, [group.pk, *sees, *columns])


def _columns(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
