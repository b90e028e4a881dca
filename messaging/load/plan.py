"""What one client process is to do, and what it saw. Plain data: no Django, no sockets."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from typing import Any, Generic, Protocol, Self, TypeVar

TICKS_PER_MS = 100
"""Latencies are counted in steps of 10 microseconds."""
NS_PER_TICK = 1_000_000 // TICKS_PER_MS


@dataclass(frozen=True)
class Seat:
    """One person with one device."""

    user: str
    token: str


@dataclass(frozen=True)
class Window:
    """The measured time, on the monotonic clock that all processes of a machine share, in nanoseconds."""

    opens: int
    closes: int

    def holds(self, moment: int) -> bool:
        return self.opens <= moment < self.closes


NEVER = Window(opens=2**63, closes=2**63)


class Ready(Protocol):
    """Said by a client that has made all its preparations; tells it when to measure."""

    async def __call__(self) -> Window: ...


@dataclass
class Tally:
    """What clients saw. Each field of a scenario's own tally is something that can be added."""

    errors: Counter[str] = field(default_factory=Counter)

    def add(self, other: Self) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


T = TypeVar("T", bound=Tally)


@dataclass(frozen=True)
class Job(Generic[T]):
    """The work of one client process: to play its plan."""

    play: Callable[[Any, Ready], Awaitable[T]]
    plan: object
    core: int | None = None
    """The processor core of the client process."""
    collects: bool = True
    """Whether it looks for garbage. Who opens no connections during the run makes none."""
