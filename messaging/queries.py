"""Reads. Each is written once, as an `imserver.database.Query`, and serves sockets and REST alike."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from django.conf import settings

from imserver.database import Query
from messaging import entries
from messaging.entries import Row
from messaging.errors import MessageNotFound, NotAMember
from messaging.rules import Kind

COLUMNS: LiteralString = """
e.conversation_id, e.rev, e.seq, e.kind, e.sender_id, e.key, e.content, e.reply_to, e.mentions, e.target,
  e.changed_rev, (extract(epoch from e.edited_at) * 1000)::bigint, (extract(epoch from e.created_at) * 1000)::bigint,
  b.sender_id, (extract(epoch from b.created_at) * 1000)::bigint
"""
# Who recalled it and when. Lateral and `offset 0`: a plain join is planned for a conversation of average size, and
# reads the whole of a large one.
ENTRY: LiteralString = """
entry e left join lateral (
  select sender_id, created_at from entry where conversation_id = e.conversation_id and rev = e.changed_rev
    and kind = 33 and e.seq is not null and e.content is null and e.changed_rev > e.rev offset 0) b on true
"""
_ENTRY: LiteralString = "select " + COLUMNS + " from " + ENTRY


class Standing(NamedTuple):
    """What one person may see of a conversation, and where it stands."""

    kind: int
    rev: int
    seq: int
    floor_rev: int
    blanked_rev: int
    from_rev: int
    from_seq: int
    role: int

    @property
    def lowest_rev(self) -> int:
        return max(self.floor_rev, self.from_rev)


class Page(NamedTuple):
    """Consecutive entries after `prev`; `reset` where the reader asked for less than there is to see."""

    prev: int
    head: int
    reset: bool
    items: list[bytes]
    last_seq: int  # the highest message among the items, or 0


def standing(user: UUID, conversation: UUID) -> Query[Standing]:
    """Raises NotAMember, which is also what a stranger hears of a conversation that exists."""
    rows = yield (
        """
        select c.kind, c.rev, c.seq, c.floor_rev, c.blanked_rev, m.from_rev, greatest(m.from_seq, m.hidden_before),
          m.role
        from member m join conversation c on c.id = m.conversation_id where m.user_id = %s and m.conversation_id = %s
        """,
        [user, conversation],
    )
    if not rows:
        raise NotAMember
    return Standing(*rows[0])


def pull(user: UUID, conversation: UUID, after_rev: int, limit: int) -> Query[Page]:
    """What happened after `after_rev`: at most `limit` consecutive entries, changes with their target's state."""
    seen = yield from standing(user, conversation)
    reset = after_rev < seen.lowest_rev or after_rev > seen.rev
    prev = seen.lowest_rev if reset else after_rev
    rows = yield (
        _ENTRY + " where e.conversation_id = %s and e.rev > %s order by e.rev limit %s",
        [conversation, prev, limit],
    )
    items = fitting((yield from _folded(conversation, [Row(*row) for row in rows], seen.from_seq)))
    last_seq = max((row[2] for row in rows[: len(items)] if row[2] is not None), default=0)
    return Page(prev, max(seen.rev, prev + len(items)), reset, items, last_seq)


def fitting(items: list[bytes]) -> list[bytes]:
    """The first of them, as many as one frame should hold; at least one."""
    sizes = accumulate(map(len, items))
    return items[: max(bisect(list(sizes), settings.LIMITS["window_bytes"]), 1)]


def between(conversation: UUID, first_rev: int, last_rev: int) -> Query[list[bytes]]:
    """Entries for every socket of a conversation: a change carries only a state that all members may see."""
    rows = yield (
        _ENTRY + " where e.conversation_id = %s and e.rev between %s and %s order by e.rev",
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
    targets = yield from _messages(conversation, wanted)
    return entries.spell_all(rows, {row.seq: row for row in targets if row.seq is not None})


def _messages(conversation: UUID, seqs: Iterable[int]) -> Query[list[Row]]:
    wanted = list(seqs)
    if not wanted:
        return []
    rows = yield (_ENTRY + " where e.conversation_id = %s and e.seq = any(%s::bigint[])", [conversation, wanted])
    return [Row(*row) for row in rows]


_NOT_HIDDEN: LiteralString = """
 and not exists (select from hidden h where h.user_id = %s and h.conversation_id = e.conversation_id and h.seq = e.seq)
"""


def history(user: UUID, conversation: UUID, before_seq: int | None, limit: int) -> Query[list[bytes]]:
    """The newest messages below `before_seq`, oldest first, as they are now."""
    seen = yield from standing(user, conversation)
    rows = yield (
        _ENTRY
        + " where e.conversation_id = %s and e.seq > %s and e.seq < %s"
        + _NOT_HIDDEN
        + " order by e.seq desc limit %s",
        [conversation, seen.from_seq, seen.seq + 1 if before_seq is None else before_seq, user, limit],
    )
    return [entries.spell(Row(*row)) for row in reversed(rows)]


def later(user: UUID, conversation: UUID, after_seq: int, limit: int) -> Query[list[bytes]]:
    """The oldest messages above `after_seq`, oldest first, as they are now."""
    seen = yield from standing(user, conversation)
    rows = yield (
        _ENTRY + " where e.conversation_id = %s and e.seq > %s" + _NOT_HIDDEN + " order by e.seq limit %s",
        [conversation, max(seen.from_seq, after_seq), user, limit],
    )
    return [entries.spell(Row(*row)) for row in rows]


def message(user: UUID, conversation: UUID, seq: int) -> Query[bytes]:
    """One message as it is now."""
    seen = yield from standing(user, conversation)
    rows = yield from _messages(conversation, [seq] if seq > seen.from_seq else [])
    if not rows:
        raise MessageNotFound
    return entries.spell(rows[0])


class Audience(NamedTuple):
    """Where a conversation is heard: on its own topic if it is a group, else on those of its people."""

    topics: tuple[str, ...]
    members: int


def audience(conversations: Iterable[UUID]) -> Query[dict[UUID, Audience]]:
    rows: list[tuple[Any, ...]] = yield (
        """
        select c.id, c.kind, c.members,
          case when c.kind <> 2 then array(select user_id from member m where m.conversation_id = c.id) end
        from conversation c where c.id = any(%s::uuid[])
        """,
        [list(set(conversations))],
    )
    return {
        cid: Audience(
            (f"conversation:{cid}",) if kind == Kind.GROUP else tuple(sorted(f"user:{user}" for user in users)), members
        )
        for cid, kind, members, users in rows
    }


def groups_of(users: Sequence[UUID]) -> Query[list[tuple[UUID, UUID]]]:
    """(user, group) for every group of these people."""
    rows = yield (
        """
        select m.user_id, m.conversation_id from member m
        cross join lateral (select from conversation where id = m.conversation_id and kind = 2 offset 0) c
        where m.user_id = any(%s::uuid[])
        """,
        [list(users)],
    )
    return [(user, conversation) for user, conversation in rows]


def memberships(pairs: Sequence[tuple[UUID, UUID]]) -> Query[list[tuple[UUID, UUID, int]]]:
    """(user, group, rev) for those of these (user, group) that are members, in one snapshot."""
    rows = yield (
        """
        select m.user_id, c.id, c.rev from unnest(%s::uuid[], %s::uuid[]) w(uid, cid)
        join member m on m.user_id = w.uid and m.conversation_id = w.cid join conversation c on c.id = w.cid
        """,
        [[user for user, _ in pairs], [group for _, group in pairs]],
    )
    return [(user, group, rev) for user, group, rev in rows]


def changed(users: Sequence[UUID], seconds: float) -> Query[list[tuple[str, str, int]]]:
    """(topic, conversation, rev) of these people's conversations that moved within the last seconds."""
    rows = yield (
        """
        select m.user_id, c.id, c.kind, c.rev from member m
        cross join lateral (select * from conversation where id = m.conversation_id offset 0) c
        where m.user_id = any(%s::uuid[]) and c.rev > 0 and c.last_at > clock_timestamp() - make_interval(secs => %s)
        """,
        [list(users), seconds],
    )
    return [
        (f"conversation:{cid}" if kind == Kind.GROUP else f"user:{user}", str(cid), rev)
        for user, cid, kind, rev in rows
    ]
