"""Record in the log, and tell the sockets once that is committed: the fast lane of everything but the hot path.

It may be lost; the sure lane (relay.py) tells the same from the outbox.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from imserver import database
from imserver.realtime import push
from imserver.realtime.bulletin import Entries, Item, Shout, last_seq
from messaging import entries, log, queries
from messaging.queries import Onlookers
from messaging.writes import APPENDED, DUPLICATE, Draft, Marked, Note, Outcome

Spans = Mapping[UUID, tuple[int, int]]


def record(notes: Sequence[Note]) -> list[int]:
    """The rev of each note, in order; one call for all that an action has to say."""
    revs = log.record(notes)
    _later(zip((note.conversation for note in notes), revs, strict=True))
    return revs


def append(drafts: Sequence[Draft]) -> list[Outcome]:
    """Messages through another door than the gateway's lanes."""
    outcomes = log.append(drafts)
    told = zip(drafts, outcomes, strict=True)
    _later((draft.conversation, outcome.rev) for draft, outcome in told if outcome.code in (APPENDED, DUPLICATE))
    return outcomes


def marks(moved: Sequence[Marked]) -> None:
    transaction.on_commit(lambda: _tell_marks(moved), robust=True)


def _tell_marks(moved: Sequence[Marked]) -> None:
    push.tell(mark_items(moved, database.run(queries.readers(one.conversation for one in moved))))


def mark_items(marked: Iterable[Marked], readers: Mapping[UUID, Onlookers]) -> list[Item]:
    """Marks that moved: one's own devices hear how far one has read, others how far one shows that, if they may."""
    found: list[Item] = []
    for one in marked:
        if (heard := readers.get(one.conversation)) is None:
            continue
        own = f"user:{one.user}"
        if one.moved:
            found.append(((own,), _marks(one, one.read_seq)))
        others = tuple(topic for topic in heard.audience.topics if topic != own)
        if one.told and others and not heard.audience.wide:
            found.append((others, _marks(one, one.shown_seq, str(one.user), *heard.besides)))
    return found


def _marks(one: Marked, read_seq: int, *besides: str) -> Shout:
    said = entries.marks(one.conversation, one.user, read_seq, one.delivered_seq)
    return Shout(b'"type":"marks","data":%b}' % said, besides=list(besides))


def _later(told: Iterable[tuple[UUID, int]]) -> None:
    spans: dict[UUID, tuple[int, int]] = {}
    for conversation, rev in told:
        first, last = spans.get(conversation, (rev, rev))
        spans[conversation] = (min(first, rev), max(last, rev))
    transaction.on_commit(lambda: _tell(spans), robust=True)  # a partial has no name for Django's log to say


def _tell(spans: Spans) -> None:
    topics = database.run(queries.audience(spans))
    items = database.run(queries.stretches([(place, first, last) for place, (first, last) in spans.items()]))
    push.tell(
        [(topics[place].topics, _entries(place, first, items.get(place, []))) for place, (first, _) in spans.items()]
    )


def _entries(conversation: UUID, first: int, items: list[bytes]) -> Entries:
    return Entries(str(conversation), first - 1, items, last_seq(items), plain=False)
