"""The inbox against the truth: what PostgreSQL has of the last days must be there, and nothing else.

The subscription goes on meanwhile. So MongoDB is always read first: what happens in between makes it older than what
is read next, never newer than what PostgreSQL has. And a repair replaces just what it has read, or what is older.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from imserver import database
from inbox import documents, queries
from inbox.documents import KEPT, Document, Span
from inbox.store.mongo import Mongo, rev_of
from messaging import epochs, outgoing
from messaging.outgoing import Pointer

REVS: Final = 500
MARGIN: Final = timedelta(hours=12)
"""What expires so soon may be gone already."""


@dataclass
class Findings:
    """Counts of entries; `behind` is what the subscription has not come to yet, or passed over at a gap."""

    conversations: int = 0
    entries: int = 0
    behind: int = 0
    missing: int = 0
    stale: int = 0
    surplus: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return self.missing + self.stale + self.surplus


class Place(NamedTuple):
    """A conversation, and what the inbox says of itself: from which rev on it has everything, and up to which."""

    epoch: UUID
    conversation: UUID
    since: int
    applied: int


class Check:
    """One pass; with `repair` what is wrong or behind is written anew, from nothing if need be. Raises Unavailable."""

    def __init__(self, store: Mongo, *, now: datetime, repair: bool = False):
        self._store, self._kept_since, self._repair = store, now - KEPT, repair
        self.found = Findings()

    def run(self) -> Iterator[Findings]:
        """Yields after each conversation."""
        epoch = database.run(epochs.current())
        known: set[UUID] = set()
        for conversation in queries.every_moved(self._kept_since):
            known.add(conversation)
            self._conversation(epoch, conversation)
            self.found.conversations += 1
            yield self.found
        for conversation in [one for one in self._store.conversations(epoch) if one not in known]:
            self._surplus(Place(epoch, conversation, 0, 0), 0)
            yield self.found

    def _conversation(self, epoch: UUID, conversation: UUID) -> None:
        place = Place(epoch, conversation, *self._store.applied(epoch, conversation))
        head = database.run(queries.head(conversation))
        for first in range(head.floor_rev + 1, head.rev + 1, REVS):
            self._stretch(place, first, min(first + REVS - 1, head.rev))
        self._surplus(place, head.rev)
        if self._repair and head.rev:
            self._store.vouch(Span(epoch, conversation, 1, head.rev, head.at))

    def _stretch(self, place: Place, first: int, last: int) -> None:
        there = {rev_of(one): one for one in self._store.between(*place[:2], first - 1, last)}
        events = database.run(outgoing.events([Pointer(0, place.conversation, first, last)]))
        wrong = [one for one in map(documents.entry, events) if self._is_wrong(place, one, there.get(one.rev))]
        if self._repair and wrong:
            self._store.delete(there[one.rev] for one in wrong if one.rev in there)
            self._store.cover(wrong)

    def _is_wrong(self, place: Place, wanted: Document, there: Mapping[str, Any] | None) -> bool:
        if there is None and wanted.at <= self._kept_since + MARGIN:
            return False
        self.found.entries += 1
        if there and there["version"] == wanted.version and bytes(there["item"]) == wanted.item:
            return False
        newest = max(wanted.rev, wanted.version)
        if place.since <= newest <= place.applied or (there and there["version"] >= wanted.version):
            self._note("stale" if there else "missing", place, wanted.rev)
        else:
            self.found.behind += 1
        return True

    def _surplus(self, place: Place, after: int) -> None:
        """What PostgreSQL never had, in this life."""
        beyond = self._store.between(*place[:2], after, 1 << 62)
        head = database.run(queries.head(place.conversation))
        surplus = [one for one in beyond if rev_of(one) > head.rev]
        for one in surplus:
            self._note("surplus", place, rev_of(one))
        if self._repair:
            self._store.delete(surplus)

    def _note(self, what: str, place: Place, rev: int) -> None:
        setattr(self.found, what, getattr(self.found, what) + 1)
        self.found.examples.append(f"{what}: {place.conversation}/{rev}")
        del self.found.examples[20:]
