"""Devices that are there, and how they fared."""

from dataclasses import dataclass

from messaging.load import plan


@dataclass(frozen=True)
class Plan:
    url: str
    first: list[bytes]
    """The hellos of those who are there before the window opens."""
    others: list[bytes]


@dataclass
class Tally(plan.Tally):
    came: int = 0
    """And were welcomed within the window. Who does not stay is an error."""
