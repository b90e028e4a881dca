"""How the sure lane fares, for operators."""

from collections.abc import Iterator

from django.db import connection

from imserver.api.metrics import Gauge


def gauges() -> Iterator[Gauge]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select (select count(*) from outbox), (select count(*) from backlog),
              coalesce((select extract(epoch from clock_timestamp() - e.created_at)
                from (select * from outbox order by id limit 1) o
                join entry e on e.conversation_id = o.conversation_id and e.rev = o.first_rev), 0)
            """
        )
        outbox, backlog, oldest = map(float, cursor.fetchone())
    yield Gauge("im_outbox_pointers", "Pointers that the relay has not taken yet", {"": outbox})
    yield Gauge(
        "im_outbox_oldest_seconds", "Age of the oldest of them; a relay is at work if it is small", {"": oldest}
    )
    yield Gauge("im_backlog_pointers", "Rung, but not published: the event log is away", {"": backlog})


def backlog() -> str:
    """In a sentence what waits for the event log; empty if nothing does."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from (select from backlog limit 1000000) b")
        waiting = cursor.fetchone()[0]
    return f"{waiting} pointers wait for the event log" if waiting else ""
