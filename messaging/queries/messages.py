"""Messages as they are now."""

from typing import NamedTuple
from uuid import UUID

from imserver.database import Query, Rows
from messaging import entries
from messaging.entries import Row
from messaging.errors import MessageNotFound
from messaging.queries.members import SHOWN, standing
from messaging.queries.rows import SELECT, fitting


class Stretch(NamedTuple):
    """Messages as they are now, oldest first; `complete` where there are no more in the direction asked for."""

    items: list[bytes]
    complete: bool


def history(user: UUID, conversation: UUID, before_seq: int | None, limit: int) -> Query[Stretch]:
    """The newest messages below `before_seq`."""
    seen = yield from standing(user, conversation)
    rows = yield (
        SELECT + " where e.conversation_id = %s and e.seq < %s and " + SHOWN + " order by e.seq desc limit %s",
        [conversation, seen.seq + 1 if before_seq is None else before_seq, user, conversation, user, limit],
    )
    found = _stretch(rows, limit)
    return found._replace(items=found.items[::-1])


def later(user: UUID, conversation: UUID, after_seq: int, limit: int) -> Query[Stretch]:
    """The oldest messages above `after_seq`."""
    yield from standing(user, conversation)
    rows = yield (
        SELECT + " where e.conversation_id = %s and e.seq > %s and " + SHOWN + " order by e.seq limit %s",
        [conversation, after_seq, user, conversation, user, limit],
    )
    return _stretch(rows, limit)


def _stretch(rows: Rows, limit: int) -> Stretch:
    items = fitting([entries.spell(Row(*row)) for row in rows])
    return Stretch(items, complete=len(items) == len(rows) < limit)


def message(user: UUID, conversation: UUID, seq: int) -> Query[bytes]:
    """One message as it is now."""
    yield from standing(user, conversation)
    rows = yield (
        SELECT + " where e.conversation_id = %s and e.seq = %s and " + SHOWN,
        [conversation, seq, user, conversation, user],
    )
    if not rows:
        raise MessageNotFound
    return entries.spell(Row(*rows[0]))
