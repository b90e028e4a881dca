"""Where each conversation of a person stands: what a device needs to resume, and what a list shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging import queries, summary
from messaging.errors import NotAMember

PAGE = 200

# `said` holds what the device knows; a conversation that says the same is left out, unless it has messages whose
# delivery nobody wrote down: the answer, once acknowledged, makes up for that.
_MINE: LiteralString = """
with me as (select * from unnest(%s::uuid[]) with ordinality me(uid, i)),
said as (
  select * from unnest(%s::int[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    said(i, cid, rev, read, peer_read, peer_delivered)),
mine as (
  select me.i, me.uid, c.id, c.kind, c.rev, c.seq, c.floor_rev, c.blanked_rev, c.said_at,
    m.notify, m.pinned_at is not null as pinned, m.archived_at is not null as archived, m.marked_unread,
    m.from_rev, m.read_seq, m.own_ahead, m.delivered_seq,
    greatest(m.from_seq, m.hidden_before) as shown_after, greatest(m.read_seq, m.from_seq, m.hidden_before) as mark,
    p.user_id as peer, p.shown_seq as peer_read, p.delivered_seq as peer_delivered, said.rev as said_rev
  from me
  join member m on m.user_id = me.uid
  join conversation c on c.id = m.conversation_id
  left join lateral (
    select * from member where c.kind = 1 and conversation_id = c.id and user_id <> me.uid offset 0) p on true
  left join said on said.i = me.i and said.cid = c.id
  where (c.kind = 2 or c.rev > 0)
    and (said.cid is null or said.rev <> c.rev or said.read is distinct from m.read_seq
      or c.kind = 1 and (
        said.peer_read is distinct from p.shown_seq or said.peer_delivered is distinct from p.delivered_seq
        or c.seq > greatest(m.read_seq, m.delivered_seq)))
"""
# Unread = seq - mark - own messages above it - messages blanked or hidden above it. A blanking has a higher rev than
# the message's seq, so below the mark's number nobody needs to look.
_UNREAD: LiteralString = """
  greatest(n.seq - n.mark - n.own_ahead - case when n.blanked_rev > n.mark then (
      select count(*) from entry e
      where e.conversation_id = n.id and e.seq > n.mark and e.content is null and e.sender_id <> n.uid
    ) else 0 end - (
      select count(*) from hidden h join entry e on e.conversation_id = h.conversation_id and e.seq = h.seq
      where h.user_id = n.uid and h.conversation_id = n.id and h.seq > n.mark and e.content is not null
        and e.sender_id <> n.uid
    ), 0)
"""
_SPELLED: LiteralString = (
    """
),
newest as (select *, row_number() over (partition by i order by said_at desc, id desc) as place from mine)
select n.i, n.id, n.kind, n.rev, n.seq, n.read_seq,
"""
    + _UNREAD
    + """,
  (select count(distinct x.seq) from mention x
    join entry e on e.conversation_id = x.conversation_id and e.seq = x.seq and may_reach_v1(e.sender_id, n.uid)
    where x.user_id in (n.uid, '00000000-0000-0000-0000-000000000000') and x.conversation_id = n.id and x.seq > n.mark),
  coalesce(u.display_name, f.title, ''), n.peer, u.username, u.display_name, n.peer_read, n.peer_delivered,
  (extract(epoch from n.said_at) * 1000)::bigint, n.floor_rev, n.from_rev, n.said_rev, n.delivered_seq,
  n.notify, n.pinned, n.archived, n.marked_unread, l.*
from newest n
left join accounts_user u on u.id = n.peer
left join profile f on f.conversation_id = n.id
left join lateral (
"""
    + queries.SELECT
    + """
  where e.conversation_id = n.id and e.seq > n.shown_after and not exists (
    select from hidden h where h.user_id = n.uid and h.conversation_id = e.conversation_id and h.seq = e.seq)
  order by e.seq desc limit 1) l on true
where n.place <= %s order by n.i, n.place
"""
)

Said = Mapping[UUID, Sequence[int | None]]


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
    """For each device the conversations that differ from what it said, newest first, and those it lost."""
    said = list(_flat(asked))
    columns = list(zip(*said, strict=True)) if said else [()] * 6
    parameters = [[one.user for one in asked], *map(list, columns)]
    rows = yield (_MINE + _SPELLED, [*parameters, limit + 1])
    left: list[tuple[Any, ...]] = []
    if said:
        left = yield (
            """
            select said.i, said.cid from unnest(%s::int[], %s::uuid[], %s::uuid[]) said(i, cid, uid)
            where not exists (select from member m where m.user_id = said.uid and m.conversation_id = said.cid)
            """,
            [[one[0] for one in said], [one[1] for one in said], [asked[one[0] - 1].user for one in said]],
        )
    mine: list[list[list[Any]]] = [[] for _ in asked]
    gone: list[list[UUID]] = [[] for _ in asked]
    for i, *row in rows:
        mine[i - 1].append(row)
    for i, conversation in left:
        gone[i - 1].append(conversation)
    return [
        Heads([summary.head(row) for row in mine[i][:limit]], gone[i], len(mine[i]) > limit, _arrived(mine[i][:limit]))
        for i in range(len(asked))
    ]


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
    condition: LiteralString = " and (c.said_at, c.id) < (%s, %s)"
    rows = yield (_MINE + condition + _SPELLED, [[user], *([[]] * 6), *cursor, limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return Listed([summary.head(row[1:]) for row in rows[:limit]], (last[14], last[1]) if last else None)


def one(user: UUID, conversation: UUID) -> Query[bytes]:
    condition: LiteralString = " and c.id = %s"
    opened: LiteralString = _MINE.replace("(c.kind = 2 or c.rev > 0)", "true")
    rows = yield (opened + condition + _SPELLED, [[user], *([[]] * 6), conversation, 1])
    if not rows:
        raise NotAMember
    return summary.head(rows[0][1:])


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis // 1000, UTC).replace(microsecond=millis % 1000 * 1000)


def badge(user: UUID) -> Query[int]:
    """How many messages are unread in all conversations that are not muted."""
    rows = yield (
        _MINE + ") select coalesce(sum(" + _UNREAD + "), 0)::bigint from mine n where n.notify = 0",
        [[user], *([[]] * 6)],
    )
    return int(rows[0][0])
