"""The life of this database. After a restore from a backup a client may know more than the server does: a new epoch
makes every client start again from what is here."""

from typing import LiteralString
from uuid import UUID

from imserver import ids
from imserver.database import Query

_HERE: LiteralString = "select system_identifier, timeline_id from pg_control_system(), pg_control_checkpoint()"
_BEGIN: LiteralString = (
    "insert into epoch (system_identifier, timeline_id, id) select here.*, %s from (" + _HERE + ") here"
)
KNOWN: LiteralString = "select id from epoch where (system_identifier, timeline_id) = (" + _HERE + ")"


def current() -> Query[UUID]:
    """The epoch, a new one where the database is not one that an epoch was made for. Several who ask at once agree."""
    rows = (
        (yield (KNOWN, []))
        or (yield (_BEGIN + " on conflict do nothing returning id", [ids.uuid7()]))
        or (yield (KNOWN, []))
    )
    return UUID(str(rows[0][0]))


def renew() -> Query[UUID]:
    """A new epoch whatever the database says of itself."""
    again: LiteralString = " on conflict (system_identifier, timeline_id) do update set id = excluded.id returning id"
    rows = yield (_BEGIN + again, [ids.uuid7()])
    return UUID(str(rows[0][0]))


def keep() -> Query[UUID]:
    """Carry the last epoch over to the database as it is now, for a move that lost nothing."""
    yield (
        "update epoch set (system_identifier, timeline_id) = ("
        + _HERE
        + ") where id = (select id from epoch order by made_at desc limit 1) returning id",
        [],
    )
    return (yield from current())
