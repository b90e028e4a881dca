"""The log as it happened."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging import entries
from messaging.entries import Row
from messaging.queries.members import standing
from messaging.queries.rows import SELECT, by_seq, fitting


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
    items = fitting((yield from veiled(user, conversation, spelled, [row[2] or row[9] for row in rows])))
    last_seq = max((row[2] for row in rows[: len(items)] if row[2] is not None), default=0)
    return Page(prev, max(seen.rev, prev + len(items)), reset, items, last_seq)


def veiled(user: UUID, conversation: UUID, items: list[bytes], seqs: Sequence[int | None]) -> Query[list[bytes]]:
    """What this person deleted for himself does not come back by another way. `seqs`: of messages, or of targets."""
    known = [seq for seq in seqs if seq]
    if not known:
        return items
    rows = yield (
        "select seq from hidden where user_id = %s and conversation_id = %s and seq between %s and %s",
        [user, conversation, min(known), max(known)],
    )
    gone = {seq for (seq,) in rows}
    return [entries.veil(item) if seq in gone else item for item, seq in zip(items, seqs, strict=True)]


def between(conversation: UUID, first_rev: int, last_rev: int) -> Query[list[bytes]]:
    """Entries for every socket of a conversation: a change carries only a state that all members may see."""
    rows = yield (
        SELECT + " where e.conversation_id = %s and e.rev between %s and %s order by e.rev",
        [conversation, first_rev, last_rev],
    )
    found = [Row(*row) for row in rows]
    hidden = 0
    if any(row.target is not None for row in found):
        newest = yield ("select coalesce(max(from_seq), 0) from member where conversation_id = %s", [conversation])
        hidden = newest[0][0]
    return (yield from _folded(conversation, found, hidden))


def _folded(conversation: UUID, rows: Sequence[Row], hidden: int) -> Query[list[bytes]]:
    wanted = sorted({row.target for row in rows if row.target is not None and row.target > hidden})
    targets = yield from by_seq(conversation, wanted)
    return entries.spell_all(rows, {row.seq: row for row in targets if row.seq is not None})
