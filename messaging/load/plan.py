"""What one client process is to do, and what it saw. Plain data: no Django, no sockets."""

from collections import Counter
from dataclasses import dataclass, field

TICKS_PER_MS = 100
"""Latencies are counted in steps of 10 microseconds."""
NS_PER_TICK = 1_000_000 // TICKS_PER_MS


@dataclass(frozen=True)
class Seat:
    """One member of a room: one socket."""

    user: str
    token: str


@dataclass(frozen=True)
class Room:
    """A conversation whose members are all online and idle until the run begins."""

    conversation: str
    seats: list[Seat]


@dataclass(frozen=True)
class Plan:
    url: str
    rooms: list[Room]
    in_flight: int
    rotate: bool
    """The next message is sent by the next member; else by the one whose last was answered."""
    size: int
    core: int | None = None
    """The processor core of the client process."""


@dataclass(frozen=True)
class Window:
    """The measured time, on the monotonic clock that all processes of a machine share, in nanoseconds."""

    opens: int
    closes: int


@dataclass
class Seen:
    """What the sockets of one room hold at the end."""

    conversation: str
    first: int
    """The rev at which the run began."""
    acked: int
    unanswered: int
    cursors: list[int]
    missing: int
    """Entries below the cursors that never came, over all sockets."""


@dataclass
class Tally:
    acked: int = 0
    delivered: int = 0
    ack: Counter[int] = field(default_factory=Counter)
    delivery: Counter[int] = field(default_factory=Counter)
    duplicated: int = 0
    reordered: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    rooms: list[Seen] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.acked += other.acked
        self.delivered += other.delivered
        self.ack.update(other.ack)
        self.delivery.update(other.delivery)
        self.duplicated += other.duplicated
        self.reordered += other.reordered
        self.errors.update(other.errors)
        self.rooms += other.rooms
