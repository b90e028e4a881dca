"""Work by the clock."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import connection
from django.utils import timezone

from imserver import database
from imserver.realtime import push
from imserver.realtime.bulletin import Shout
from messaging import actions, calling, queries
from messaging.actions import Party
from messaging.rules import NIL

CHUNK = 10_000


@shared_task
def miss_calls() -> int:
    """End what has rung for too long, and tell the devices. Returns how many."""
    now, missed = timezone.now(), 0
    for call in database.run(queries.ringing_since(now - timedelta(seconds=settings.LIMITS["ringing_s"]))):
        if actions.miss(call_id=call, now=now) and (line := database.run(queries.line(call))):
            body = calling.spelled(line, call, "timeout", Party(NIL, NIL), b"null")
            push.tell([((f"user:{line.caller}", f"user:{line.callee}"), Shout(body))])
            missed += 1
    return missed


@shared_task
def forget_keys() -> int:
    """Delete the keys of messages that are older than 32 days, in short transactions. Returns how many."""
    gone: int = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                delete from sent where key in (
                  select key from sent where created_at < now() - interval '32 days' limit %s)
                """,
                [CHUNK],
            )
            gone += cursor.rowcount
            if cursor.rowcount < CHUNK:
                return gone
