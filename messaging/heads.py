"""Which conversations a device has to hear of, and which a list shows: each with its head.

First which, from narrow rows alone; what a head says is read of those only. Who has missed nothing costs little.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging import summary
from messaging.errors import NotAMember
from messaging.queries import listed as spelled
from messaging.standing import UNREAD, Place, standing

PAGE: Final = 200
Said = Mapping[UUID, Sequence[int | None]]

_DIFFERING: Final[LiteralString] = "select * from differing_v1(%s, %s, %s, %s, %s, %s, %s, %s)"
_LISTED: Final[LiteralString] = """
select c.id, (extract(epoch from c.said_at) * 1000)::bigint
from member m join conversation c on c.id = m.conversation_id
where m.user_id = %s and (c.kind = 2 or c.rev > 0) and (c.said_at, c.id) < (%s, %s)
order by c.said_at desc, c.id desc limit %s
"""
_BADGE: Final[LiteralString] = (
    "select coalesce(sum("
    + UNREAD
    + """), 0)::bigint from (
  select c.id, c.seq, c.blanked_rev, m.user_id as uid, m.own_ahead,
    greatest(m.read_seq, m.from_seq, m.hidden_before) as mark
  from member m join conversation c on c.id = m.conversation_id
  where m.user_id = %s and m.notify = 0 and c.seq > 0) n
"""
)


class Asked(NamedTuple):
    """Whose heads, and what the device knows, as {conversation: (rev, read, peer_read, peer_delivered)}."""

    user: UUID
    said: Said


class Heads(NamedTuple):
    items: list[bytes]
    left: list[UUID]
    more: bool
    arrived: tuple[tuple[str, int], ...]  # what a device has that gets these heads, and nobody knew it had


def differing(asked: Sequence[Asked], limit: int = PAGE) -> Query[list[Heads]]:
    """For each device the conversations that differ from what it said, and those it lost.

    First those that it named, so that it knows when it has all of them; each newest first.
    """
    said = list(_flat(asked))
    columns: Any = zip(*said, strict=True) if said else [()] * 6
    found = yield (_DIFFERING, [spelled(one.user for one in asked), *map(spelled, columns), limit + 1])
    rows = yield from standing([Place(*row) for *row, lost in found if not lost])
    mine: list[list[list[Any]]] = [[] for _ in asked]
    gone: list[list[UUID]] = [[] for _ in asked]
    for i, *row in rows:
        mine[i - 1].append(row)
    for i, _, conversation, _, lost in found:
        if lost:
            gone[i - 1].append(conversation)
    return [_heads(shown, left, limit) for shown, left in zip(mine, gone, strict=True)]


def _heads(rows: Sequence[Sequence[Any]], left: list[UUID], limit: int) -> Heads:
    shown = rows[:limit]
    return Heads([summary.head(row) for row in shown], left, len(rows) > limit, _arrived(shown))


def _arrived(rows: Iterable[Sequence[Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(row[0]), row[3]) for row in rows if row[17] < row[3])


def _flat(asked: Sequence[Asked]) -> Iterator[tuple[int, UUID, int, int | None, int | None, int | None]]:
    for i, one in enumerate(asked, 1):
        for conversation, known in one.said.items():
            rev, read, peer_read, peer_delivered, *_ = [*known, None, None, None, None]
            yield i, conversation, rev or 0, read, peer_read, peer_delivered


class Listed(NamedTuple):
    items: list[bytes]
    following: tuple[int, UUID] | None


def listed(user: UUID, before: tuple[int, UUID] | None, limit: int) -> Query[Listed]:
    """A page of one's conversations, newest first; `before` is (Unix milliseconds, id) of the last one seen."""
    cursor = (_moment(before[0]), before[1]) if before else (datetime.max.replace(tzinfo=UTC), UUID(int=0))
    found = yield (_LISTED, [user, *cursor, limit + 1])
    rows = yield from standing([Place(1, user, cid) for cid, _ in found[:limit]])
    following = (found[limit - 1][1], found[limit - 1][0]) if len(found) > limit else None
    return Listed([summary.head(row[1:]) for row in rows], following)


def one(user: UUID, conversation: UUID) -> Query[bytes]:
    rows = yield from standing([Place(1, user, conversation)])
    if not rows:
        raise NotAMember
    return summary.head(rows[0][1:])


def badge(user: UUID) -> Query[int]:
    """How many messages are unread in all conversations that are not muted."""
    rows = yield (_BADGE, [user])
    return int(rows[0][0])


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis // 1000, UTC).replace(microsecond=millis % 1000 * 1000)
