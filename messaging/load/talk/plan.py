"""Conversations whose members are all online: what is to be sent, and what was seen."""

from collections import Counter
from dataclasses import dataclass, field

from messaging.load import plan
from messaging.load.plan import Seat


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
class Tally(plan.Tally):
    acked: int = 0
    delivered: int = 0
    ack: Counter[int] = field(default_factory=Counter)
    delivery: Counter[int] = field(default_factory=Counter)
    duplicated: int = 0
    reordered: int = 0
    rooms: list[Seen] = field(default_factory=list)
