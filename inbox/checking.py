"""The inbox against the truth: what PostgreSQL has of the last days must be there, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from imserver import database
from imserver.database import Query
from inbox import documents
from inbox.documents import KEPT, Document, Span
from inbox.store.mongo import Mongo, rev_of
from messaging import epochs, outgoing
from messaging.outgoing import Pointer

CONVERSATIONS, REVS = 200, 500


@dataclass
class Findings:
    """Counts of entries; `behind` is what the subscription has not come to yet."""

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
    """A conversation that has entries of the last days."""

    epoch: UUID
    conversation: UUID
    rev: int
    floor_rev: int
    at: datetime


class Check:
    """One pass; with `repair` what is wrong or behind is written anew, from nothing if need be. Raises Unavailable."""

    def __init__(self, store: Mongo, *, now: datetime, repair: bool = False):
        self._store, self._since, self._repair = store, now - KEPT, repair
        self.found = Findings()

    def run(self) -> Iterator[Findings]:
        """Yields after each conversation."""
        epoch = database.run(epochs.current())
        known: set[UUID] = set()
        for place in self._places(epoch):
            known.add(place.conversation)
            self._conversation(place)
            self.found.conversations += 1
            yield self.found
        for conversation in [one for one in self._store.conversations(epoch) if one not in known]:
            head = database.run(_head(conversation))
            self._surplus(Place(epoch, conversation, head, head, self._since), head)
            yield self.found

    def _places(self, epoch: UUID) -> Iterator[Place]:
        after = UUID(int=0)
        while rows := database.run(_recent(after, self._since)):
            for row in rows:
                yield Place(epoch, *row)
            after = rows[-1][0]

    def _conversation(self, place: Place) -> None:
        _, applied = self._store.applied(*place[:2])
        for first in range(place.floor_rev + 1, place.rev + 1, REVS):
            last = min(first + REVS - 1, place.rev)
            wrong = list(self._compare(place, first, last, applied))
            if self._repair and wrong:
                self._store.delete(*place[:2], [one.rev for one in wrong])
                self._store.write(wrong, again=True)
        self._surplus(place, place.rev)
        if self._repair:
            self._store.set_applied(Span(*place[:2], 1, place.rev, place.at))

    def _compare(self, place: Place, first: int, last: int, applied: int) -> Iterator[Document]:
        """What is not as it should be."""
        # MongoDB first: what changes meanwhile makes it older than what is read next, never newer than what it has.
        there = {rev_of(one): one for one in self._store.between(*place[:2], first - 1, last)}
        events = database.run(outgoing.events([Pointer(0, place.conversation, first, last)]))
        for wanted in (documents.entry(event) for event in events):
            if wanted.at <= self._since:
                continue
            self.found.entries += 1
            one = there.get(wanted.rev)
            if one and one["version"] == wanted.version and bytes(one["item"]) == wanted.item:
                continue
            if max(wanted.rev, wanted.version) > applied:
                self.found.behind += 1
            else:
                self._note("stale" if one else "missing", place, wanted.rev)
            yield wanted

    def _surplus(self, place: Place, head: int) -> None:
        """What PostgreSQL never had, in this life."""
        now = max(head, database.run(_head(place.conversation)))
        revs = [rev_of(one) for one in self._store.between(*place[:2], now, 1 << 62)]
        for rev in revs:
            self._note("surplus", place, rev)
        if self._repair:
            self._store.delete(*place[:2], revs)

    def _note(self, what: str, place: Place, rev: int) -> None:
        setattr(self.found, what, getattr(self.found, what) + 1)
        self.found.examples.append(f"{what}: {place.conversation}/{rev}")
        del self.found.examples[20:]


def _recent(after: UUID, since: datetime) -> Query[list[tuple[UUID, int, int, datetime]]]:
    rows = yield (
        """
        select id, rev, floor_rev, last_at from conversation
        where id > %s and last_at > %s and rev > 0 order by id limit %s
        """,
        [after, since, CONVERSATIONS],
    )
    return [(cid, rev, floor, at) for cid, rev, floor, at in rows]


def _head(conversation: UUID) -> Query[int]:
    rows = yield ("select rev from conversation where id = %s", [conversation])
    return rows[0][0] if rows else 0
