"""Devices that come back: what each knows and lacks, and what was seen."""

from collections import Counter
from dataclasses import dataclass, field

from messaging.load import plan

Known = list[int | None]
"""What a device says of a conversation: cursor, read_seq, peer_read, peer_delivered."""


@dataclass(frozen=True)
class Gap:
    """A conversation whose newest entries a device lacks."""

    conversation: str
    cursor: int
    keys: list[str]
    """Of the entries after the cursor, in order."""
    head: Known


@dataclass(frozen=True)
class Returning:
    hello: bytes
    gaps: list[Gap]


@dataclass(frozen=True)
class Plan:
    url: str
    devices: list[Returning]
    at_once: int


@dataclass
class Tally(plan.Tally):
    resumed: int = 0
    entries: int = 0
    welcome: Counter[int] = field(default_factory=Counter)
    caught_up: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    wrong: int = 0
