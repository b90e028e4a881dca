"""What the relay takes from the outbox and tells: pointers, and the events they point at."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection

from imserver.database import Query
from imserver.events.event import Event, Topic
from messaging import entries, epochs, queries
from messaging.entries import Row
from messaging.events import CHANGE, MESSAGE, NOTICE, name

POINTERS, ENTRIES = 500, 1000
_NEXT: Final[LiteralString] = """
with following as (select id, first_rev, last_rev from {table} order by id limit %s),
summed as (select id, sum(last_rev - first_rev + 1) over (order by id) as upto from following),
gone as (
  delete from {table} where id in (select id from summed where upto <= %s or id = (select min(id) from following))
  returning id, conversation_id, first_rev, last_rev)
select id, conversation_id, first_rev, last_rev from gone order by id
"""
_OUTBOX: Final = _NEXT.replace("{table}", "outbox")
_BACKLOG: Final = _NEXT.replace("{table}", "backlog")


class Pointer(NamedTuple):
    id: int
    conversation: UUID
    first_rev: int
    last_rev: int


Pointers = Sequence[Pointer]


def take(*, backlog: bool = False) -> list[Pointer]:
    """Delete and return the next pointers, in order: as many as make a batch of entries, at least one if there is."""
    with connection.cursor() as cursor:
        cursor.execute(_BACKLOG if backlog else _OUTBOX, [POINTERS, ENTRIES])
        return [Pointer(*row) for row in cursor.fetchall()]


def put_aside(pointers: Pointers) -> None:
    """Into the backlog: rung, but not published."""
    columns = list(map(list, zip(*pointers, strict=True))) or [[], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into backlog select * from unnest(%s::bigint[], %s::uuid[], %s::bigint[], %s::bigint[])", columns
        )


def is_behind() -> bool:
    """Whether anything waits in the backlog. By its index: the table may be full of rows that are gone."""
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from (select id from backlog order by id limit 1) b)")
        return bool(cursor.fetchone()[0])


def events(pointers: Pointers) -> Query[list[Event]]:
    """One for each entry, in order; content and targets as they are now."""
    epoch = yield from epochs.current()
    found = yield from queries.spans([(one.conversation, one.first_rev, one.last_rev) for one in pointers])
    targets = yield from queries.at((row.conversation, row.target) for row in found if row.target is not None)
    states = {place: entries.spell(row) for place, row in targets.items()}
    return [_event(epoch, row, states.get((row.conversation, row.target or 0))) for row in found]


def _event(epoch: UUID, row: Row, state: bytes | None) -> Event:
    return Event(
        topic=_topic(row.kind),
        epoch=epoch,
        conversation=row.conversation,
        rev=row.rev,
        changed_rev=row.changed_rev,
        kind=name(row.kind),
        actor=row.sender,
        at=datetime.fromtimestamp(row.created_ms // 1000, UTC).replace(microsecond=row.created_ms % 1000 * 1000),
        entry=msgspec.Raw(entries.spell(row)),
        state=msgspec.UNSET if state is None else msgspec.Raw(state),
    )


def _topic(kind: int) -> Topic:
    if kind in MESSAGE:
        return "message"
    if kind in CHANGE:
        return "change"
    return "notice" if kind in NOTICE else "self"
