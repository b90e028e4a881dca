"""What was added to messages."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from imserver.database import Query
from messaging import emoji, entries
from messaging.entries import Row
from messaging.errors import MessageNotFound
from messaging.queries.members import SHOWN, standing
from messaging.queries.rows import BLANKED, COLUMNS, SELECT
from messaging.rules import LIMITS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def reactors(user: UUID, conversation: UUID, seq: int, text: str, after: UUID, limit: int) -> Query[list[UUID]]:
    seen = yield from standing(user, conversation)
    if seq <= seen.from_seq:
        raise MessageNotFound
    rows = yield (
        """
        select r.user_id from reaction r
        where r.conversation_id = %s and r.seq = %s and r.emoji = %s and r.user_id > %s
          and exists (select from member m where m.user_id = %s and m.conversation_id = r.conversation_id)
        order by r.user_id limit %s
        """,
        [conversation, seq, emoji.one(text), after, user, limit],
    )
    return [row[0] for row in rows]


def pinned(user: UUID, conversation: UUID) -> Query[list[bytes]]:
    """The latest pinned first."""
    yield from standing(user, conversation)
    rows = yield (
        SELECT
        + """
        where e.conversation_id = %s and e.pinned_at is not null and """
        + SHOWN
        + "order by e.pinned_at desc, e.seq desc",
        [conversation, user, conversation, user],
    )
    return [entries.spell(Row(*row)) for row in rows]


def readers_of(user: UUID, conversation: UUID, seq: int) -> Query[dict[str, list[UUID]]]:
    """Of one's own message, in a group of at most LIMITS["group_marks"], as far as each shows it, and one does too."""
    seen = yield from standing(user, conversation)
    rows = yield (
        """
        select m.user_id, m.shown_seq >= %s from member m
        join conversation c on c.id = m.conversation_id
        join entry e on e.conversation_id = c.id and e.seq = %s and e.sender_id = %s
        join accounts_user a on a.id = %s
        where c.id = %s and m.user_id <> e.sender_id and m.from_seq < e.seq and c.members <= %s
          and (m.delivered_seq >= e.seq or m.shown_seq >= e.seq) and (a.read_receipts or m.shown_seq < e.seq)
        order by m.user_id
        """,
        [seq, seq, user, user, conversation, LIMITS["group_marks"]],
    )
    if seq <= seen.from_seq:
        raise MessageNotFound
    return {
        "read": [who for who, has_read in rows if has_read],
        "delivered": [who for who, has_read in rows if not has_read],
    }


def starred(user: UUID, before_us: int | None, limit: int) -> Query[tuple[list[bytes], int | None]]:
    """As far as one is still there to see them; each says of which conversation it is."""
    rows = yield (
        "select (extract(epoch from s.at) * 1000000)::bigint, "
        + COLUMNS
        + """
        from star s
        join member m on m.user_id = s.user_id and m.conversation_id = s.conversation_id
        cross join lateral (
          select * from entry where conversation_id = s.conversation_id and seq = s.seq offset 0) e
        """
        + BLANKED
        + """
        where s.user_id = %s and s.at < %s and s.seq > greatest(m.from_seq, m.hidden_before) and not exists (
          select from hidden h where h.user_id = s.user_id and h.conversation_id = s.conversation_id and h.seq = s.seq)
        order by s.at desc limit %s
        """,
        [user, _before(before_us), limit],
    )
    found = [b'{"conversation":"%b",' % str(row[1]).encode() + entries.spell(Row(*row[1:]))[1:] for row in rows]
    return found, rows[-1][0] if len(rows) == limit else None


def draft(user: UUID, conversation: UUID) -> Query[str | None]:
    yield from standing(user, conversation)
    rows = yield ("select content from draft where user_id = %s and conversation_id = %s", [user, conversation])
    return rows[0][0] if rows else None


def drafts(user: UUID, before_us: int | None, limit: int) -> Query[tuple[list[tuple[UUID, str]], int | None]]:
    rows = yield (
        """
        select (extract(epoch from d.at) * 1000000)::bigint, d.conversation_id, d.content from draft d
        join member m on m.user_id = d.user_id and m.conversation_id = d.conversation_id
        where d.user_id = %s and d.at < %s order by d.at desc limit %s
        """,
        [user, _before(before_us), limit],
    )
    return [(cid, content) for _, cid, content in rows], rows[-1][0] if len(rows) == limit else None


def _before(microseconds: int | None) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds) if microseconds else datetime.max.replace(tzinfo=UTC)
