"""Telling subscriptions once more: what was parked, or what Kafka still has of a stretch of time."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from imserver.events import parking
from imserver.events.event import Event, Malformed, decode
from imserver.events.handling import Handler
from imserver.models import Parked
from imserver.subscriptions import active


class Replayed(NamedTuple):
    done: int
    failed: int


def replay_parked(subscription: str = "") -> Replayed:
    """Tell the parked events again, the oldest first, and forget those that are done. Raises Unavailable."""
    done = failed = 0
    for row in parking.parked(subscription):
        if _told(row, subscription):
            row.delete()
            done += 1
        else:
            failed += 1
    return Replayed(done, failed)


def _told(row: Parked, subscription: str) -> bool:
    """Whether every subscription that it waits for has it now. One that was never published is for all."""
    names = [row.subscription] if row.subscription else [*active()]
    if subscription not in ("", *names) or not set(names) <= active().keys():
        return False
    try:
        event = decode(bytes(row.record))
    except Malformed:
        return False
    errors = [Handler(name, active()[name]).attempt([event]) for name in names]
    return not any(errors)


def replay(subscription: str, events: Iterable[list[Event]]) -> Iterator[int]:
    """Tell these batches to a subscription again; yields how many events are done. Raises Unavailable."""
    handler, done = Handler(subscription, active()[subscription]), 0
    for batch in events:
        done += handler.take(batch)
        yield done
