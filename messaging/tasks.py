"""Work by the clock."""

from celery import shared_task
from django.db import connection

CHUNK = 10_000


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
