"""Calls that go on."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from imserver.database import Query


class Line(NamedTuple):
    """Who speaks to whom, by which devices; that of the callee is not known before one accepts. `denied`: one side may
    not write to the other."""

    conversation: UUID
    media: str
    caller: UUID
    caller_session: UUID
    callee: UUID
    callee_session: UUID | None
    denied: bool


def line(call: UUID) -> Query[Line | None]:
    rows = yield (
        """
        select conversation_id, media, caller_id, caller_session, callee_id, callee_session, exists (
          select from member m where m.conversation_id = c.conversation_id and m.denied <> 0)
        from call c where id = %s
        """,
        [call],
    )
    return Line(*rows[0]) if rows else None


def passes_on(call: UUID, user: UUID, session: UUID) -> Query[bool]:
    """Whether this device may say something about its connection: while the call goes on, one may write to the other,
    and, once it is accepted, it is one of the two that speak."""
    rows = yield (
        """
        select c.accepted_at is null or %s in (c.caller_session, c.callee_session)
        from call c join member m on m.conversation_id = c.conversation_id and m.user_id = %s
        where c.id = %s and c.outcome = '' and m.denied = 0 and m.user_id in (c.caller_id, c.callee_id)
        """,
        [session, user, call],
    )
    return bool(rows and rows[0][0])


def overdue(rings_since: datetime, goes_on_since: datetime) -> Query[list[UUID]]:
    """Calls that nobody accepted or ended in time."""
    rows = yield (
        """
        select id from call where outcome = '' and (accepted_at < %s or accepted_at is null and began_at < %s)
        order by began_at
        """,
        [goes_on_since, rings_since],
    )
    return [row[0] for row in rows]
