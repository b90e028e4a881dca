"""Where conversations stand for their people: everything that a head says, in one query for many."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID

from imserver.database import Query, Rows
from messaging import queries


class Place(NamedTuple):
    """A conversation of a person; `device` is whatever the caller counts by, `said_rev` what it knows of it."""

    device: int
    user: UUID
    conversation: UUID
    said_rev: int | None = None


# Unread = seq - mark - own messages above it - messages blanked or hidden above it. A blanking has a higher rev than
# the message's seq, so below the mark's number nobody needs to look.
UNREAD: Final[LiteralString] = """
  greatest(n.seq - n.mark - n.own_ahead - case when n.blanked_rev > n.mark then (
      select count(*) from entry e
      where e.conversation_id = n.id and e.seq > n.mark and e.content is null and e.sender_id <> n.uid
    ) else 0 end - (
      select count(*) from hidden h join entry e on e.conversation_id = h.conversation_id and e.seq = h.seq
      where h.user_id = n.uid and h.conversation_id = n.id and h.seq > n.mark and e.content is not null
        and e.sender_id <> n.uid
    ), 0)
"""
_STANDING: Final[LiteralString] = (
    """
with mine as (
  select w.device, w.place, w.uid, w.said_rev, c.id, c.kind, c.rev, c.seq, c.floor_rev, c.blanked_rev,
    case when c.kind = 1 and c.rev = 0 then m.joined_at else c.said_at end as said_at,  -- not when the other opened it
    m.notify, m.pinned_at is not null as pinned, m.archived_at is not null as archived, m.marked_unread,
    m.from_rev, m.read_seq, m.own_ahead, m.delivered_seq,
    greatest(m.from_seq, m.hidden_before) as shown_after, greatest(m.read_seq, m.from_seq, m.hidden_before) as mark,
    p.user_id as peer, p.shown_seq as peer_read, p.delivered_seq as peer_delivered
  from unnest(string_to_array(%s, ',')::int[], string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::uuid[],
    string_to_array(%s, ',', '')::bigint[]) with ordinality w(device, uid, cid, said_rev, place)
  join member m on m.user_id = w.uid and m.conversation_id = w.cid
  join conversation c on c.id = w.cid and """
    + queries.SEEN
    + """
  left join lateral (
    select * from member where c.kind = 1 and conversation_id = c.id and user_id <> w.uid offset 0) p on true
)
select n.device, n.id, n.kind, n.rev, n.seq, n.read_seq,
"""
    + UNREAD
    + """,
  (select count(distinct x.seq) from mention x
    join entry e on e.conversation_id = x.conversation_id and e.seq = x.seq and may_reach_v1(e.sender_id, n.uid)
      and not exists (
        select from hidden h where h.user_id = n.uid and h.conversation_id = x.conversation_id and h.seq = x.seq)
    where x.user_id in (n.uid, '00000000-0000-0000-0000-000000000000') and x.conversation_id = n.id and x.seq > n.mark),
  coalesce(u.display_name, f.title, ''), n.peer, u.username, u.display_name, n.peer_read, n.peer_delivered,
  (extract(epoch from n.said_at) * 1000)::bigint, n.floor_rev, n.from_rev, n.said_rev, n.delivered_seq,
  n.notify, n.pinned, n.archived, n.marked_unread, l.*
from mine n
left join accounts_user u on u.id = n.peer
left join profile f on f.conversation_id = n.id
left join lateral (
"""
    + queries.SELECT
    + """
  where e.conversation_id = n.id and e.seq > n.shown_after and not exists (
    select from hidden h where h.user_id = n.uid and h.conversation_id = e.conversation_id and h.seq = e.seq)
  order by e.seq desc limit 1) l on true
order by n.place
"""
)


def standing(places: Sequence[Place]) -> Query[Rows]:
    """A row for each place that is still the person's, in order: its device, then what messaging/summary.py reads."""
    if not places:
        return []
    columns: Any = zip(*places, strict=True)
    rows = yield (_STANDING, [queries.listed(column) for column in columns])
    return rows
