"""Calls that go on."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from imserver.database import Query


class Line(NamedTuple):
    """Who speaks to whom, by which devices; that of the callee is not known before one accepts."""

    conversation: UUID
    media: str
    caller: UUID
    caller_session: UUID
    callee: UUID
    callee_session: UUID | None


def line(call: UUID) -> Query[Line | None]:
    rows = yield (
        """
        select conversation_id, media, caller_id, caller_session, callee_id, callee_session from call where id = %s
        """,
        [call],
    )
    return Line(*rows[0]) if rows else None


def ringing_since(before: datetime) -> Query[list[UUID]]:
    rows = yield (
        "select id from call where outcome = '' and accepted_at is null and began_at < %s order by began_at",
        [before],
    )
    return [row[0] for row in rows]
