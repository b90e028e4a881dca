"""The event log, in one of two fits: Kafka, or none at all."""

from functools import cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from imserver.events.event import Events


class EventLog(Protocol):
    def wants(self) -> bool:
        """Whether anybody reads what is published."""

    def publish(self, events: Events) -> None:
        """Keep these for every subscription, in order, at least once. Raises Unavailable: then nothing is promised."""

    def trouble(self) -> str:
        """In a sentence why nothing can be published now; empty if all is well."""


@cache
def current() -> EventLog:
    return cast(EventLog, import_string(settings.EVENT_LOG)())


def trouble() -> str:
    return current().trouble()
