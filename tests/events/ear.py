"""A subscription of the tests, which remembers what it was told and breaks when asked to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from imserver.events.event import TOPICS, Event, Events
from imserver.subscriptions import SUBSCRIPTIONS, Subscription


@dataclass
class Ear:
    heard: list[Event] = field(default_factory=list)
    before: Callable[[Events], object] = lambda events: None
    """Called with each batch before it is taken; may raise."""

    def revs(self, conversation: UUID) -> list[int]:
        return [event.rev for event in self.heard if event.conversation == conversation]


_ears: list[Ear] = []


def hear(events: Events) -> None:
    for ear in _ears:
        ear.before(events)
        ear.heard += events


@contextmanager
def listening(name: str = "ear", topics: tuple[str, ...] = TOPICS) -> Iterator[Ear]:
    ear = Ear()
    _ears.append(ear)
    SUBSCRIPTIONS[name] = Subscription(f"{__name__}.hear", topics)
    try:
        yield ear
    finally:
        del SUBSCRIPTIONS[name]
        _ears.remove(ear)
