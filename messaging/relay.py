"""The sure lane: read the outbox in order, ring, publish, delete; all in one transaction, so it may repeat, never lose.

Never `id > cursor`, never `delete where id <=`, never SKIP LOCKED: a row with a lower id may commit later, and each of
these loses or swaps it. Several relays take turns by an advisory lock.
"""

import logging
import threading
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.utils import Error

from imserver import database
from imserver.events import direct
from imserver.realtime import push
from imserver.realtime.bulletin import Item, Ring
from messaging import queries
from messaging.events import name

logger = logging.getLogger(__name__)
TURN: Final = 0x696D7265  # "imre"
BATCH: Final = 500
IDLE_SECONDS, BROKEN_SECONDS = 0.2, 1.0
_TAKE: Final = """
with gone as (
  delete from outbox where id in (select id from outbox order by id limit %s)
  returning id, conversation_id, first_rev, last_rev)
select g.id, g.conversation_id, g.first_rev, g.last_rev, e.rev, e.kind, e.sender_id, e.target,
  (extract(epoch from e.created_at) * 1000)::bigint
from gone g join entry e on e.conversation_id = g.conversation_id and e.rev between g.first_rev and g.last_rev
order by g.id, e.rev
"""


@transaction.atomic
def relay() -> int:
    """Tell of the next entries in the outbox. Returns how many pointers are done; 0 also if another relay is at it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [TURN])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_TAKE, [BATCH])
        rows = cursor.fetchall()
    pointers = {row[0]: row[1:4] for row in rows}
    push.deliver(_rings(pointers.values()))
    direct.publish(_event(row) for row in rows)
    return len(pointers)


def _rings(pointers: Iterable[tuple[UUID, int, int]]) -> list[Item]:
    spans: dict[UUID, tuple[int, int]] = {}
    for conversation, first, last in pointers:
        before = spans.get(conversation, (first, last))
        spans[conversation] = (min(first, before[0]), max(last, before[1]))
    audience = database.run(queries.audience(spans))
    return [
        (audience[cid].topics, Ring(str(cid), first, last)) for cid, (first, last) in spans.items() if cid in audience
    ]


def _event(row: tuple[Any, ...]) -> dict[str, Any]:
    _, conversation, _, _, rev, kind, actor, target, created_ms = row
    return {
        "conversation": conversation,
        "rev": rev,
        "kind": name(kind),
        "actor": actor,
        "target": target,
        "at": created_ms,
    }


def run(stopping: threading.Event) -> None:
    """Relay until told to stop; whatever breaks is tried again."""
    while not stopping.is_set():
        try:
            done = relay()
        except (Error, push.Undelivered, OSError) as e:
            logger.warning("The relay waits: %s", e)
            connection.close()
            stopping.wait(BROKEN_SECONDS)
        except Exception:
            logger.exception("The relay waits")
            stopping.wait(BROKEN_SECONDS)
        else:
            if done < BATCH:
                stopping.wait(IDLE_SECONDS)
    connection.close()
