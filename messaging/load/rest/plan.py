"""Those who ask over HTTP, and what was seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from messaging.load import plan


class Request(NamedTuple):
    method: str
    path: str
    body: bytes | None = None


class Caller(Protocol):
    """One person, who asks the same again and again, never twice at once."""

    token: str
    status: int
    """Of a good answer."""

    def ask(self) -> Request: ...

    def is_right(self, body: bytes) -> bool:
        """Whether this answers what was asked last. Raises msgspec.DecodeError for what the API does not know."""
        ...

    def wrote(self) -> Mapping[str, int]:
        """The last rev that it was given, by conversation."""
        ...


@dataclass(frozen=True)
class Plan:
    url: str
    callers: Sequence[Caller]
    at_once: int


@dataclass
class Tally(plan.Tally):
    answered: int = 0
    answer: Counter[int] = field(default_factory=Counter)
    wrong: int = 0
    wrote: Counter[str] = field(default_factory=Counter)
