"""The sure lane: read the outbox in order, ring, publish, delete; all in one transaction, so it may repeat, never lose.

Never `id > cursor`, never `delete where id <=`, never SKIP LOCKED: a row with a lower id may commit later, and each of
these loses or swaps it. Several relays take turns by an advisory lock. What was rung and could not be published waits
in the backlog; as long as anything waits there, everything later is put behind it.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.utils import Error

from imserver import database
from imserver.events import log
from imserver.events.event import Unavailable
from imserver.realtime import push
from imserver.realtime.bulletin import Item, Ring
from messaging import outgoing, queries
from messaging.outgoing import Pointer, Pointers

logger = logging.getLogger(__name__)
TURN: Final = 0x696D7265  # "imre"
LONGEST_TURN: Final = "120s"  # without a word to PostgreSQL
DRAINED: Final = 10  # batches of the backlog between two looks at the outbox
IDLE_SECONDS, BROKEN_SECONDS = 0.2, 1.0
FIRST_DELAY, LONGEST_DELAY = 0.5, 5.0


@transaction.atomic
def relay() -> int:
    """Ring and publish what is next in the outbox. Returns how many pointers are done; 0 if another relay is at it."""
    if not _is_my_turn():
        return 0
    pointers = outgoing.take()
    push.deliver(_rings(pointers))
    if pointers and log.current().wants():
        _publish_or_put_aside(pointers)
    return len(pointers)


def _publish_or_put_aside(pointers: Pointers) -> None:
    if not outgoing.is_behind():
        try:
            with transaction.atomic():
                _publish(pointers)
        except Unavailable as e:
            logger.warning("The event log is away, what is rung waits in the backlog: %s", e)
        else:
            return
    outgoing.put_aside(pointers)


@transaction.atomic
def drain() -> int:
    """Publish what is next in the backlog. Returns how many pointers are done. Raises Unavailable."""
    if not _is_my_turn():
        return 0
    pointers = outgoing.take(backlog=True)
    _publish(pointers)
    return len(pointers)


def _publish(pointers: Pointers) -> None:
    if pointers:
        log.current().publish(database.run(outgoing.events(pointers)))


def _is_my_turn() -> bool:
    """One whose machine has lost its power loses the turn too, long before TCP would give it up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('idle_in_transaction_session_timeout', %s, true), pg_try_advisory_xact_lock(%s)",
            [LONGEST_TURN, TURN],
        )
        return bool(cursor.fetchone()[1])


def _rings(pointers: Iterable[Pointer]) -> list[Item]:
    spans: dict[UUID, tuple[int, int]] = {}
    for _, conversation, first, last in pointers:
        before = spans.get(conversation, (first, last))
        spans[conversation] = (min(first, before[0]), max(last, before[1]))
    if not spans:
        return []
    audience = database.run(queries.audience(spans))
    return [
        (audience[cid].topics, Ring(str(cid), first, last)) for cid, (first, last) in spans.items() if cid in audience
    ]


@dataclass
class Later:
    """When an event log that was away is asked again; rings must not wait for its time-outs too often."""

    at: float = 0.0
    delay: float = FIRST_DELAY

    def failed(self) -> None:
        self.at = time.monotonic() + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY)


def run(stopping: threading.Event) -> None:
    """Relay until told to stop; whatever breaks is tried again."""
    later = Later()
    while not stopping.is_set():
        try:
            busy = relay() >= outgoing.POINTERS
            if time.monotonic() >= later.at:
                later, behind = _drain(later)
                busy = busy or behind
            pause = 0 if busy else IDLE_SECONDS
        except Exception as e:
            expected = isinstance(e, Error | push.Undelivered | OSError)
            logger.warning("The relay waits: %s", e, exc_info=not expected)
            connection.close()
            pause = BROKEN_SECONDS
        stopping.wait(pause)
    connection.close()


def _drain(later: Later) -> tuple[Later, bool]:
    """Some batches of the backlog. Returns when to come again, and whether more may be waiting."""
    try:
        for _ in range(DRAINED):
            if not drain():
                return Later(), False
    except Unavailable as e:
        logger.info("The backlog waits %.1f s: %s", later.delay, e)
        later.failed()
        return later, False
    return Later(), True
