"""An event as the inbox keeps it: one document per entry, and none that holds a message twice."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec import UNSET

from imserver.events.event import Event

KEPT = timedelta(days=settings.INBOX_DAYS)


class Document(NamedTuple):
    """An entry, spelled for clients, with all that was folded into it up to `version`."""

    epoch: UUID
    conversation: UUID
    rev: int
    version: int
    item: bytes
    seq: int | None
    target: tuple[int, int] | None
    """Of a change: seq and rev of the message it changed, where its state is."""
    at: datetime

    @property
    def expires(self) -> datetime:
        return self.at + KEPT


class Span(NamedTuple):
    """Consecutive entries of a conversation, all of which are in the inbox, or too old for it."""

    epoch: UUID
    conversation: UUID
    first_rev: int
    last_rev: int
    at: datetime


class _Entry(msgspec.Struct):
    rev: int
    changed_rev: int
    created_at: datetime
    seq: int | None = None
    target: int | None = None


_read = msgspec.json.Decoder(_Entry).decode


def entry(event: Event) -> Document:
    return _document(event, event.entry)


def target(event: Event) -> Document | None:
    """The message that a change changed, as it is now."""
    return None if event.state is UNSET else _document(event, event.state)


def _document(event: Event, item: msgspec.Raw) -> Document:
    read, changed = _read(item), None
    if read.target is not None and event.state is not UNSET:
        changed = read.target, _read(event.state).rev
    version = read.changed_rev
    return Document(event.epoch, event.conversation, read.rev, version, bytes(item), read.seq, changed, read.created_at)


def newest(documents: Iterable[Document]) -> list[Document]:
    """One of each entry: several changes of a message leave its last state."""
    found: dict[tuple[UUID, UUID, int], Document] = {}
    for one in documents:
        known = found.get(one[:3])
        if known is None or known.version <= one.version:
            found[one[:3]] = one
    return [*found.values()]


def spans(events: Iterable[Event]) -> Iterator[Span]:
    """The runs of consecutive revs among these events."""
    last: Span | None = None
    for event in sorted(events, key=lambda event: (event.epoch, event.conversation, event.rev)):
        here = Span(event.epoch, event.conversation, event.rev, event.rev, event.at)
        if last and last[:2] == here[:2] and here.first_rev <= last.last_rev + 1:
            last = last._replace(last_rev=here.last_rev, at=here.at)
            continue
        if last:
            yield last
        last = here
    if last:
        yield last


def with_state(change: bytes, state: bytes) -> bytes:
    """As messaging.entries.spell puts it; what follows the last `changed_rev` is never a client's text."""
    before, mark, after = change.rpartition(b',"changed_rev":')
    return before + b',"state":' + state + mark + after
