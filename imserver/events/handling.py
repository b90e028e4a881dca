"""Giving events to a subscription. Outages are waited for; what can never be done is parked."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.utils.module_loading import import_string

from imserver.events import parking
from imserver.events.event import Event, Events, Unavailable
from imserver.subscriptions import Subscription

logger = logging.getLogger(__name__)
PAUSES: Final = (0.1, 0.5)  # seconds between three tries
OUTAGES: Final = (Unavailable, OperationalError, InterfaceError, ConnectionError, TimeoutError)


class Handler:
    """One subscription's share of the work."""

    def __init__(self, name: str, subscription: Subscription, *, pause: Callable[[float], object] = time.sleep):
        self.name = name
        self._topics = frozenset(subscription.topics)
        self._path = subscription.handler
        self._pause = pause

    def take(self, events: Events, *, until: float = float("inf")) -> int:
        """Have these done, or parked. Returns how many are: all, unless time.monotonic() passes `until`.

        Raises Unavailable with nothing to remember: the whole batch may be given again.
        """
        wanted = [event for event in events if event.topic in self._topics]
        if not wanted:
            return len(events)
        if time.monotonic() >= until:
            return 0
        if self.attempt(wanted) is None:
            return len(events)
        return self._one_by_one(events, until)

    def _one_by_one(self, events: Events, until: float) -> int:
        pauses: tuple[float, ...] = PAUSES
        for number, event in enumerate(events):
            if time.monotonic() >= until:
                return number
            if event.topic in self._topics and not self._taken(event, pauses):
                pauses = (0.0,) * len(PAUSES)  # whatever is wrong does not pass by waiting
        return len(events)

    def _taken(self, event: Event, pauses: Iterable[float]) -> bool:
        """Parks it if not."""
        error = self.attempt([event])
        for pause in pauses:
            if error is None:
                return True
            self._pause(pause)
            error = self.attempt([event])
        if error is not None:
            parking.park(self.name, event, error)
        return error is None

    def attempt(self, events: Events) -> Exception | None:
        """What went wrong, for good as far as can be told; a failed handler leaves no half-open transaction.

        Raises Unavailable.
        """
        try:
            with transaction.atomic():
                import_string(self._path)(events)
        except OUTAGES as e:
            raise Unavailable(f"{self.name}: {e}") from e
        except Exception as e:
            logger.warning("%s failed on %d events", self.name, len(events), exc_info=e)
            return e
        return None
