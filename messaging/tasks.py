"""Work by the clock."""

from typing import Final

from celery import shared_task
from django.db import connection
from django.utils import timezone

from imserver import database
from imserver.realtime import push
from imserver.realtime.bulletin import Shout
from messaging import actions, calling, queries
from messaging.actions import Party
from messaging.rules import NIL, Overdue

CHUNK = 10_000
_FORGOTTEN: Final = (
    "delete from sent where key in (select key from sent where created_at < now() - interval '32 days' limit %s)",
    """
    delete from call where id in (
      select id from call where outcome <> '' and began_at < now() - interval '32 days' limit %s)
    """,
)


@shared_task
def end_calls() -> int:
    """End what has rung for too long or what nobody ended, and tell the devices. Returns how many."""
    now, ended = timezone.now(), 0
    for call in database.run(queries.overdue(*Overdue.at(now))):
        if actions.lapse(call_id=call, now=now) and (line := database.run(queries.line(call))):
            body = calling.spelled(line, call, "timeout", Party(NIL, NIL), b"null")
            push.tell([((f"user:{line.caller}", f"user:{line.callee}"), Shout(body))])
            ended += 1
    return ended


@shared_task
def forget_keys() -> int:
    """Delete the keys of messages that are older than 32 days, and calls, whose ids are such keys, in short
    transactions. Returns how many."""
    return sum(_delete(old) for old in _FORGOTTEN)


def _delete(statement: str) -> int:
    gone: int = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [CHUNK])
            gone += cursor.rowcount
            if cursor.rowcount < CHUNK:
                return gone
