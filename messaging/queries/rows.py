from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import LiteralString
from uuid import UUID

import msgspec
from django.conf import settings

from imserver.database import Query
from messaging.entries import Row

COLUMNS: LiteralString = """
e.conversation_id, e.rev, e.seq, e.kind, e.sender_id, e.key, e.content, e.reply_to, e.mentions, e.target,
  e.changed_rev, (extract(epoch from e.edited_at) * 1000)::bigint, (extract(epoch from e.created_at) * 1000)::bigint,
  b.sender_id, (extract(epoch from b.created_at) * 1000)::bigint, e.reactions, e.pinned_at is not null
"""
# Who recalled it and when. Lateral and `offset 0`: a plain join is planned for a conversation of average size, and
# reads the whole of a large one.
BLANKED: LiteralString = """
left join lateral (
  select sender_id, created_at from entry where conversation_id = e.conversation_id and rev = e.changed_rev
    and kind = 33 and e.seq is not null and e.content is null and e.changed_rev > e.rev offset 0) b on true
"""
SELECT: LiteralString = "select " + COLUMNS + " from entry e " + BLANKED
SPANS: LiteralString = (
    "select "
    + COLUMNS
    + """
from unnest(string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::bigint[],
  string_to_array(%s, ',')::bigint[]) with ordinality w(cid, first, last, i)
cross join lateral (select * from entry where conversation_id = w.cid and rev between w.first and w.last offset 0) e
"""
    + BLANKED
    + " order by w.i, e.rev"
)
PLACES: LiteralString = (
    "select "
    + COLUMNS
    + """
from unnest(string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::bigint[]) w(cid, seq)
cross join lateral (select * from entry where conversation_id = w.cid and seq = w.seq offset 0) e
"""
    + BLANKED
)
Span = tuple[UUID, int, int]


_spell = msgspec.json.Encoder(enc_hook=int).encode  # MongoDB's numbers are ints of a class of their own


def listed(values: Iterable[UUID | int | None]) -> str:
    """For string_to_array(..., ',', ''), which takes half the time of a list: None is null."""
    return _spell(list(values)).decode()[1:-1].replace('"', "").replace("null", "")


def fitting(items: Sequence[bytes]) -> list[bytes]:
    """The first of them, as many as one frame should hold; at least one."""
    sizes = accumulate(map(len, items))
    return list(items[: max(bisect(list(sizes), settings.LIMITS["window_bytes"]), 1)])


def spans(wanted: Sequence[Span]) -> Query[list[Row]]:
    """Entries of these (conversation, first rev, last rev), in the order asked for."""
    if not wanted:
        return []
    rows = yield (SPANS, [listed(column) for column in zip(*wanted, strict=True)])
    return [Row(*row) for row in rows]


def at(places: Iterable[tuple[UUID, int]]) -> Query[dict[tuple[UUID, int], Row]]:
    """Messages by (conversation, seq)."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    rows = yield (PLACES, [listed(column) for column in zip(*wanted, strict=True)])
    found = [Row(*row) for row in rows]
    return {(row.conversation, row.seq or 0): row for row in found}
