"""Table 3: who reacts to what happens in the log. Paths are loaded at start and checked by `manage.py check`.

A handler takes a batch of events and is safe to be given them again: `handler(events)`. It raises
`imserver.events.event.Unavailable` where the same call is right later, anything else where it will never be.
"""

from typing import NamedTuple

from django.conf import settings


class Subscription(NamedTuple):
    handler: str
    topics: tuple[str, ...]
    needs: str = ""  # the setting without which there is nothing to do


EVERYTHING = ("message", "change", "notice", "self")
SUBSCRIPTIONS: dict[str, Subscription] = {
    "inbox": Subscription("inbox.subscribers.deliver", EVERYTHING, needs="MONGO_URL"),
}


def active() -> dict[str, Subscription]:
    return {name: one for name, one in SUBSCRIPTIONS.items() if not one.needs or getattr(settings, one.needs)}
