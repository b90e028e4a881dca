"""The embedded event log: there is none. The relay hands each event to the subscriptions itself."""

from collections.abc import Iterable
from typing import Any

from django.utils.module_loading import import_string

from imserver.subscriptions import SUBSCRIPTIONS

Event = dict[str, Any]


def publish(events: Iterable[Event]) -> None:
    """Call every subscriber of each event, in order. Raises what a subscriber raises: the relay then repeats."""
    for event in events:
        for path in SUBSCRIPTIONS.get(event["kind"], ()):
            import_string(path)(event=event)
