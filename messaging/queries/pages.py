"""The log as it happened."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging import entries
from messaging.entries import Row
from messaging.queries.members import standing
from messaging.queries.rows import SELECT, Span, at, by_seq, fitting, spans


class Page(NamedTuple):
    """Consecutive entries after `prev`; `reset` where the reader asked for less than there is to see."""

    prev: int
    head: int
    reset: bool
    items: list[bytes]
    last_seq: int  # the highest message among the items, or 0


def pull(user: UUID, conversation: UUID, after_rev: int, limit: int) -> Query[Page]:
    """What happened after `after_rev`: at most `limit` consecutive entries, changes with their target's state."""
    seen = yield from standing(user, conversation)
    reset = after_rev < seen.lowest_rev or after_rev > seen.rev
    prev = seen.lowest_rev if reset else after_rev
    rows = yield (
        SELECT + " where e.conversation_id = %s and e.rev > %s order by e.rev limit %s",
        [conversation, prev, limit],
    )
    spelled = yield from _folded(conversation, [Row(*row) for row in rows], seen.from_seq)
    touched = [row[2] or row[9] for row in rows]
    items = fitting((yield from veiled(user, conversation, spelled, touched, seen.from_seq)))
    last_seq = max((row[2] for row in rows[: len(items)] if row[2] is not None), default=0)
    return Page(prev, max(seen.rev, prev + len(items)), reset, items, last_seq)


def veiled(
    user: UUID, conversation: UUID, items: list[bytes], seqs: Sequence[int | None], cleared: int
) -> Query[list[bytes]]:
    """What this person deleted for himself, or cleared, does not come back by another way.

    `seqs`: of messages, or of targets; up to `cleared` there is nothing for him to see.
    """
    known = [seq for seq in seqs if seq]
    if not known:
        return items
    rows = yield (
        "select seq from hidden where user_id = %s and conversation_id = %s and seq between %s and %s",
        [user, conversation, min(known), max(known)],
    )
    gone = {seq for (seq,) in rows}
    return [
        entries.veil(item) if seq and (seq <= cleared or seq in gone) else item
        for item, seq in zip(items, seqs, strict=True)
    ]


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


def _folded(conversation: UUID, rows: Sequence[Row], hidden: int) -> Query[list[bytes]]:
    wanted = sorted({row.target for row in rows if row.target is not None and row.target > hidden})
    targets = yield from by_seq(conversation, wanted)
    return entries.spell_all(rows, {row.seq: row for row in targets if row.seq is not None})
