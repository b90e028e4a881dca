"""What happened after a rev: from the inbox where that is sure to be right, else from PostgreSQL. And the truth."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from imserver import database
from imserver.database import Query, Rows
from inbox import store
from inbox.documents import with_state
from inbox.store.mongo import Mongo
from messaging import epochs, queries
from messaging.queries import Page, Standing, Told, Wanted

CONVERSATIONS: Final = 200


def pull(user: UUID, conversation: UUID, after_rev: int, limit: int) -> Query[Page]:
    """As messaging.queries.pull, to the byte. Raises NotAMember."""
    return (yield from queries.only(pulls([Wanted(user, conversation, after_rev, limit)])))


def pulls(wanted: Sequence[Wanted]) -> Query[list[Page | None]]:
    """A page for each, in order; None for who is no member."""
    there = store.current()
    found = (yield from _found(there, wanted)) if there else {}
    others = iter((yield from queries.pulls([one for one in wanted if one not in found])))
    return [found[one] if one in found else next(others) for one in wanted]


class _Stretch(NamedTuple):
    """What somebody asks for and may see, as far as it goes."""

    wanted: Wanted
    seen: Standing
    upto: int

    @property
    def is_there(self) -> bool:
        return self.seen.lowest_rev <= self.wanted.after_rev < self.upto


def _found(there: Mongo, wanted: Sequence[Wanted]) -> Query[dict[Wanted, Page | None]]:
    """Of those for whom the inbox is sure to be right."""
    stretches = yield from _stretches(wanted)
    known = yield (epochs.KNOWN, [])
    if not stretches or not known:
        return {}
    spans = [(one.wanted.conversation, one.wanted.after_rev, one.upto) for one in stretches]
    rows = yield partial(there.read, UUID(str(known[0][0])), spans)
    believed = [(one, _believed(row, one)) for one, row in zip(stretches, rows, strict=True)]
    told = [(one, items) for one, items in believed if items is not None]
    shown = yield from queries.veiled([_told(*each) for each in told])
    return {
        one.wanted: each and Page.of(one.wanted.after_rev, one.seen.rev, each)
        for (one, _), each in zip(told, shown, strict=True)
    }


def _stretches(wanted: Sequence[Wanted]) -> Query[list[_Stretch]]:
    seen = yield from queries.standings((one.user, one.conversation) for one in wanted)
    found = [
        _Stretch(one, standing, min(one.after_rev + one.limit, standing.rev))
        for one, standing in zip(wanted, seen, strict=True)
        if standing
    ]
    return [one for one in dict.fromkeys(found) if one.is_there]


class _Item(NamedTuple):
    item: bytes
    seq: int  # of a message, else 0
    target: int  # of a change, else 0


def _believed(row: tuple[Any, ...], stretch: _Stretch) -> list[_Item] | None:
    """None where one is missing or may be stale."""
    since, applied, found, states = row
    after, seen = stretch.wanted.after_rev, stretch.seen
    if after < since - 1 or applied < seen.blanked_rev or len(found) != stretch.upto - after:
        return None
    items = [
        _Item(item, one.get("seq", 0), (one.get("target") or [0])[0])
        for one in found
        if (item := _item(one, states, seen.from_seq)) is not None
    ]
    return items if len(items) == len(found) else None


def _item(one: Mapping[str, Any], states: Mapping[int, bytes], hidden: int) -> bytes | None:
    """None where the state of a change's target should be there and is not."""
    target = one.get("target")
    if target is None or target[0] <= hidden:
        return bytes(one["item"])
    state = states.get(target[1])
    return None if state is None else with_state(bytes(one["item"]), bytes(state))


def _told(stretch: _Stretch, items: Sequence[_Item]) -> Told:
    return Told(
        stretch.wanted.user,
        stretch.wanted.conversation,
        stretch.wanted.after_rev,
        stretch.seen.from_seq,
        [one.item for one in items],
        [one.seq for one in items],
        [one.seq or one.target for one in items],
    )


# --- for those who compare -----------------------------------------------------------------------


class Head(NamedTuple):
    rev: int
    floor_rev: int
    at: datetime


def head(conversation: UUID) -> Query[Head]:
    """Of one that does not exist: of nothing."""
    rows = yield ("select rev, floor_rev, last_at from conversation where id = %s", [conversation])
    return Head(*rows[0]) if rows else Head(0, 0, datetime.min.replace(tzinfo=UTC))


def every_moved(since: datetime) -> Iterator[UUID]:
    """Each conversation that has entries from then on, in order of id."""
    after = UUID(int=0)
    while rows := database.run(_moved(after, since)):
        yield from (row[0] for row in rows)
        after = rows[-1][0]


def _moved(after: UUID, since: datetime) -> Query[Rows]:
    rows = yield (
        "select id from conversation where id > %s and last_at > %s and rev > 0 order by id limit %s",
        [after, since, CONVERSATIONS],
    )
    return rows
