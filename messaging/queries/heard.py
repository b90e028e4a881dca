"""The log as it happened, for all who hear it at once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from imserver.database import Query
from messaging import entries
from messaging.queries.rows import Span, at, spans


def between(conversation: UUID, first_rev: int, last_rev: int) -> Query[list[bytes]]:
    found = yield from stretches([(conversation, first_rev, last_rev)])
    return found.get(conversation, [])


def stretches(wanted: Sequence[Span]) -> Query[dict[UUID, list[bytes]]]:
    """Entries for every socket of these conversations: a change carries only a state that all members may see."""
    found = yield from spans(wanted)
    changed = {row.conversation for row in found if row.target is not None}
    hidden = (yield from _newest_members(changed)) if changed else {}
    seen = [(row.conversation, row.target) for row in found if (row.target or 0) > hidden.get(row.conversation, 0)]
    targets = yield from at((cid, seq) for cid, seq in seen if seq)
    states = {place: entries.spell(row) for place, row in targets.items()}
    spelled: dict[UUID, list[bytes]] = {}
    for row in found:
        item = entries.spell(row, states.get((row.conversation, row.target or 0)))
        spelled.setdefault(row.conversation, []).append(item)
    return spelled


def _newest_members(conversations: Iterable[UUID]) -> Query[dict[UUID, int]]:
    """Up to which message the newest member sees nothing."""
    rows = yield (
        """
        select w.cid, (select coalesce(max(from_seq), 0) from member where conversation_id = w.cid)
        from unnest(%s::uuid[]) w(cid)
        """,
        [sorted(conversations)],
    )
    return dict(rows)
