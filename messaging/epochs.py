"""The life of this database. After a restore from a backup a client may know more than the server does: a new epoch
makes every client start again from what is here."""

from uuid import UUID

from imserver import ids
from imserver.database import Query


def current() -> Query[UUID]:
    """The epoch, a new one where the database is not the one the last epoch was made for."""
    rows = yield (
        """
        select s.system_identifier, t.timeline_id, e.id, e.system_identifier, e.timeline_id
        from pg_control_system() s, pg_control_checkpoint() t
        left join lateral (select * from epoch order by made_at desc limit 1) e on true
        """,
        [],
    )
    system, timeline, epoch, known_system, known_timeline = rows[0]
    if epoch is not None and (system, timeline) == (known_system, known_timeline):
        return UUID(str(epoch))
    return (yield from begin(system, timeline))


def begin(system: int, timeline: int) -> Query[UUID]:
    """A new epoch. Where several ask at once for the same life of the database, one makes it."""
    rows = yield (
        """
        with turn as materialized (select pg_advisory_xact_lock(hashtext('epoch'))),
        made as (
          insert into epoch (id, system_identifier, timeline_id)
          select %s, %s, %s from turn where not exists (
            select from epoch e where e.made_at > now() - interval '1 second'
              and (e.system_identifier, e.timeline_id) = (%s, %s))
          returning id)
        select id from made union all select id from (select id from epoch order by made_at desc limit 1) e limit 1
        """,
        [ids.uuid7(), system, timeline, system, timeline],
    )
    return UUID(str(rows[0][0]))


def renew() -> Query[UUID]:
    """A new epoch whatever the database says of itself."""
    rows = yield ("select s.system_identifier, t.timeline_id from pg_control_system() s, pg_control_checkpoint() t", [])
    return (yield from begin(*rows[0]))


def keep() -> Query[UUID]:
    """Carry the last epoch over to the database as it is now, for a move that lost nothing."""
    yield (
        """
        update epoch set system_identifier = s.system_identifier, timeline_id = t.timeline_id
        from pg_control_system() s, pg_control_checkpoint() t
        where id = (select id from epoch order by made_at desc limit 1) returning id
        """,
        [],
    )
    return (yield from current())
