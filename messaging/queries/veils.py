"""What somebody deleted for himself, or cleared, does not come back by another way."""

from collections.abc import Sequence
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging import entries
from messaging.queries.rows import listed

_GONE: Final[LiteralString] = """
select w.uid, w.cid, h.seq
from unnest(string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::bigint[],
  string_to_array(%s, ',')::bigint[]) w(uid, cid, first, last)
cross join lateral (
  select seq from hidden where user_id = w.uid and conversation_id = w.cid and seq between w.first and w.last
  offset 0) h
"""


class Told(NamedTuple):
    """Consecutive entries for one person, spelled; up to message `cleared` there is nothing for him to see."""

    user: UUID
    conversation: UUID
    cleared: int
    items: list[bytes]
    messages: list[int]  # for each item its number, 0 if it is no message
    touched: list[int]  # or that of the message it changes


def veiled(told: Sequence[Told]) -> Query[list[Told]]:
    """The same, without what their readers do not see any more."""
    wanted = [
        (one.user, one.conversation, min(known), max(known))
        for one in told
        if (known := [seq for seq in one.touched if seq])
    ]
    if not wanted:
        return list(told)
    rows = yield (_GONE, [listed(column) for column in zip(*wanted, strict=True)])
    gone = set(rows)
    return [one._replace(items=_shown(one, gone)) for one in told]


def _shown(one: Told, gone: set[tuple[UUID, UUID, int]]) -> list[bytes]:
    return [
        entries.veil(item) if seq and (seq <= one.cleared or (one.user, one.conversation, seq) in gone) else item
        for item, seq in zip(one.items, one.touched, strict=True)
    ]
