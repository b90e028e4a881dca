"""What one deleted for himself, or cleared, does not come back by another way; nor comes what was after he left."""

from collections.abc import Iterator, Sequence
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging import entries
from messaging.queries.rows import listed

_SIGHT: Final[LiteralString] = """
select m.from_rev, array(
    select seq from hidden where user_id = w.uid and conversation_id = w.cid and seq between w.first and w.last)
from unnest(string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::bigint[],
  string_to_array(%s, ',')::bigint[]) with ordinality w(uid, cid, first, last, i)
left join lateral (select from_rev from member where user_id = w.uid and conversation_id = w.cid offset 0) m on true
order by w.i
"""


class Told(NamedTuple):
    """Consecutive entries for one person, spelled; up to message `cleared` there is nothing for him to see."""

    user: UUID
    conversation: UUID
    after: int  # the rev before them
    cleared: int
    items: list[bytes]
    messages: list[int]  # for each item its number, 0 if it is no message
    touched: list[int]  # or that of the message it changes


def veiled(told: Sequence[Told]) -> Query[list[Told | None]]:
    """The same, without what their readers do not see any more; None for who is no member any more.

    Asked last, when all is read: until then he was a member, so nothing that is told came after he left. Who left and
    came back meanwhile is told nothing, from where he came back.
    """
    spans = [(min(known), max(known)) if (known := [*filter(None, one.touched)]) else None for one in told]
    wanted = [(one.user, one.conversation, *span) for one, span in zip(told, spans, strict=True) if span]
    if not wanted:
        return list(told)
    rows: Iterator[tuple[int | None, list[int]]] = iter(
        (yield (_SIGHT, [listed(column) for column in zip(*wanted, strict=True)]))
    )
    return [_shown(one, *next(rows)) if span else one for one, span in zip(told, spans, strict=True)]


def _shown(one: Told, from_rev: int | None, gone: Sequence[int]) -> Told | None:
    if from_rev is None:
        return None
    if from_rev > one.after:
        return one._replace(after=from_rev, items=[], messages=[], touched=[])
    hidden = set(gone)
    items = [
        entries.veil(item) if seq and (seq <= one.cleared or seq in hidden) else item
        for item, seq in zip(one.items, one.touched, strict=True)
    ]
    return one._replace(items=items)
