"""What one person sees of a conversation, and who hears it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging.errors import NotAMember
from messaging.queries.rows import listed
from messaging.rules import LIMITS, Kind

# Of member m in conversation c. Opening a direct conversation shows it to nobody else before its first entry.
SEEN: Final[LiteralString] = "(m.opened or c.rev > 0 or c.kind <> 1)"
# Of entry e, by (user, conversation, user): nothing where he is no member any more. It stands in the statement that
# reads, so that he was one when what he gets was so.
SHOWN: Final[LiteralString] = """
e.seq > (select greatest(from_seq, hidden_before) from member where user_id = %s and conversation_id = %s)
and not exists (select from hidden h where h.user_id = %s and h.conversation_id = e.conversation_id and h.seq = e.seq)
"""


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


def standing(user: UUID, conversation: UUID) -> Query[Standing]:
    """Raises NotAMember, which is also what a stranger hears of a conversation that exists."""
    [found] = yield from standings([(user, conversation)])
    if found is None:
        raise NotAMember
    return found


def standings(places: Iterable[tuple[UUID, UUID]]) -> Query[list[Standing | None]]:
    """Of each (user, conversation), in order; None for who is no member."""
    wanted = list(places)
    if not wanted:
        return []
    rows = yield (
        """
        select w.i, c.kind, c.rev, c.seq, c.floor_rev, c.blanked_rev, m.from_rev,
          greatest(m.from_seq, m.hidden_before), m.role
        from unnest(string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::uuid[]) with ordinality w(uid, cid, i)
        cross join lateral (select * from member where user_id = w.uid and conversation_id = w.cid offset 0) m
        cross join lateral (select * from conversation where id = w.cid offset 0) c
        where """
        + SEEN,
        [listed(column) for column in zip(*wanted, strict=True)],
    )
    found = {row[0]: Standing(*row[1:]) for row in rows}
    return [found.get(i) for i in range(1, len(wanted) + 1)]


class Audience(NamedTuple):
    """Where a conversation is heard: on its own topic if it is a group, else on those of its people."""

    topics: tuple[str, ...]
    members: int

    @property
    def wide(self) -> bool:
        """So large that marks stay with one's own devices, and deliveries are not kept."""
        return self.members > LIMITS["group_marks"]


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


class Onlookers(NamedTuple):
    """Who hears of something that a member does, and who of the conversation does not."""

    audience: Audience
    besides: tuple[str, ...]


def typing(user: UUID, conversation: UUID) -> Query[Onlookers | None]:
    """Who sees this person type: nobody where he may not write, that is too large or where nothing was said yet,
    and nobody across a block.
    """
    rows = yield (
        """
        select c.members, array(select o.user_id from member o where o.conversation_id = c.id and o.user_id <> m.user_id
          and not (may_reach_v1(m.user_id, o.user_id) and may_reach_v1(o.user_id, m.user_id)))
        from member m join conversation c on c.id = m.conversation_id
        where m.user_id = %s and c.id = %s and c.seq > 0 and c.members <= %s and m.denied = 0 and m.role >= c.post_role
          and coalesce(m.muted_until < clock_timestamp(), true)
        """,
        [user, conversation, LIMITS["group_marks"]],
    )
    if not rows:
        return None
    heard = yield from audience([conversation])
    return Onlookers(heard[conversation], (str(user), *map(str, rows[0][1])))


def readers(conversations: Iterable[UUID]) -> Query[dict[UUID, Onlookers]]:
    """Who is told of marks: in a small group none of those who show none of their own."""
    heard = yield from audience(conversations)
    groups = [cid for cid, where in heard.items() if not where.wide and where.topics == (f"conversation:{cid}",)]
    rows: list[tuple[Any, ...]] = []
    if groups:
        rows = yield (
            """
            select m.conversation_id, m.user_id from member m join accounts_user a on a.id = m.user_id
            where m.conversation_id = any(%s::uuid[]) and not a.read_receipts
            """,
            [groups],
        )
    quiet: dict[UUID, list[str]] = {}
    for cid, user in rows:
        quiet.setdefault(cid, []).append(str(user))
    return {cid: Onlookers(where, tuple(quiet.get(cid, ()))) for cid, where in heard.items()}


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


def changed(users: Sequence[UUID], seconds: float) -> Query[list[tuple[str, tuple[str, ...], int]]]:
    """(conversation, its topics, rev) of these people's conversations that moved within the last seconds."""
    rows = yield (
        """
        select distinct c.id, c.rev from member m
        cross join lateral (select * from conversation where id = m.conversation_id offset 0) c
        where m.user_id = any(%s::uuid[]) and c.rev > 0 and c.last_at > clock_timestamp() - make_interval(secs => %s)
        """,
        [list(users), seconds],
    )
    heard = yield from audience(cid for cid, _ in rows)
    return [(str(cid), heard[cid].topics, rev) for cid, rev in rows if cid in heard]
