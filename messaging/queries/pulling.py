"""What happened after a rev, for many at once: who comes back asks of several conversations, and seldom alone."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple
from uuid import UUID

from imserver.database import Query
from messaging import entries
from messaging.entries import Row
from messaging.errors import NotAMember
from messaging.queries.members import Standing, standings
from messaging.queries.rows import Span, at, fitting, spans
from messaging.queries.veils import Told, veiled

_PORTION: Final = 400  # entries in memory at once, as far as those who ask do not ask for more


class Wanted(NamedTuple):
    """At most `limit` consecutive entries after `after_rev`."""

    user: UUID
    conversation: UUID
    after_rev: int
    limit: int


class Page(NamedTuple):
    """Consecutive entries after `prev`; `reset` where the reader asked for less than there is to see."""

    prev: int
    head: int
    reset: bool
    items: list[bytes]
    last_seq: int  # the highest message among the items, or 0

    @classmethod
    def of(cls, after_rev: int, head: int, told: Told) -> "Page":
        """As much of it as one frame should hold, for who asked for what is after `after_rev`."""
        items = fitting(told.items)
        last_seq = max(told.messages[: len(items)], default=0)
        return cls(told.after, max(head, told.after + len(items)), told.after != after_rev, items, last_seq)


class _View(NamedTuple):
    wanted: Wanted
    seen: Standing

    @property
    def prev(self) -> int:
        is_there = self.seen.lowest_rev <= self.wanted.after_rev <= self.seen.rev
        return self.wanted.after_rev if is_there else self.seen.lowest_rev

    @property
    def span(self) -> Span:
        """Nothing beyond what there was when this person was a member."""
        return self.wanted.conversation, self.prev + 1, self.prev + self.size

    @property
    def size(self) -> int:
        return min(self.wanted.limit, self.seen.rev - self.prev)


def pull(user: UUID, conversation: UUID, after_rev: int, limit: int) -> Query[Page]:
    """Changes come with their target's state. Raises NotAMember."""
    return (yield from only(pulls([Wanted(user, conversation, after_rev, limit)])))


def only(pages: Query[list[Page | None]]) -> Query[Page]:
    """The page of the one who asked. Raises NotAMember."""
    [page] = yield from pages
    if page is None:
        raise NotAMember
    return page


def pulls(wanted: Sequence[Wanted]) -> Query[list[Page | None]]:
    """A page for each, in order; None for who is no member."""
    seen = yield from standings((one.user, one.conversation) for one in wanted)
    views = [_View(one, standing) if standing else None for one, standing in zip(wanted, seen, strict=True)]
    pages: dict[_View, Page | None] = {}
    for portion in _portions(view for view in views if view):
        pages.update((yield from _pages(portion)))
    return [pages[view] if view else None for view in views]


def _portions(views: Iterable[_View]) -> Iterator[list[_View]]:
    portion: list[_View] = []
    size = 0
    for view in dict.fromkeys(views):
        if portion and size + view.size > _PORTION:
            yield portion
            portion, size = [], 0
        portion.append(view)
        size += view.size
    if portion:
        yield portion


def _pages(views: Sequence[_View]) -> Query[dict[_View, Page | None]]:
    rows = yield from spans(list(merged(view.span for view in views)))
    targets = yield from at((row.conversation, row.target) for row in rows if row.target is not None)
    by_rev = {(row.conversation, row.rev): row for row in rows}
    states = {place: entries.spell(row) for place, row in targets.items()}
    told = yield from veiled([_told(view, by_rev, states) for view in views])
    return {
        view: one and Page.of(view.wanted.after_rev, view.seen.rev, one) for view, one in zip(views, told, strict=True)
    }


def _told(view: _View, by_rev: dict[tuple[UUID, int], Row], states: dict[tuple[UUID, int], bytes]) -> Told:
    conversation, first, last = view.span
    found = (by_rev.get((conversation, rev)) for rev in range(first, last + 1))
    rows = [row for row in takewhile(bool, found) if row]
    hidden = view.seen.from_seq
    items = [
        entries.spell(row, states.get((conversation, row.target or 0)) if (row.target or 0) > hidden else None)
        for row in rows
    ]
    messages = [row.seq or 0 for row in rows]
    touched = [row.seq or row.target or 0 for row in rows]
    return Told(view.wanted.user, conversation, view.prev, hidden, items, messages, touched)


def merged(wanted: Iterable[Span]) -> Iterator[Span]:
    """Spans of which none touches another: what several ask for is read once."""
    last: Span | None = None
    for span in sorted(wanted):
        if last and last[0] == span[0] and span[1] <= last[2] + 1:
            last = (last[0], last[1], max(last[2], span[2]))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last
