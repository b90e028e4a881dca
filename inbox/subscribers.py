from django.utils import timezone

from imserver.events.event import Events
from inbox import actions, store


def deliver(events: Events) -> None:
    if there := store.current():
        actions.deliver(there, events, now=timezone.now())
