"""People who come and go, and people who watch them: what is to be done, and what was seen."""

from collections import Counter
from dataclasses import dataclass, field

from messaging.load import plan
from messaging.load.plan import Seat


@dataclass(frozen=True)
class Watch:
    seat: Seat
    users: list[str]


@dataclass(frozen=True)
class Plan:
    url: str
    people: list[Seat]
    watches: list[Watch]
    comings: float
    """People who come, a second."""


@dataclass
class Tally(plan.Tally):
    came: int = 0
    went: int = 0
    frames: int = 0
    items: int = 0
    welcome: Counter[int] = field(default_factory=Counter)
    shown: Counter[int] = field(default_factory=Counter)
    """From somebody's welcome until a watcher shows him."""
    unseen: int = 0
    """Comings that were over before a watcher showed them."""
    repeated: int = 0
    wrong: int = 0
    stayed: int = 0
    """People who are online when all is over."""
