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
from messaging import epochs, queries
from messaging.queries import Page, Standing

CONVERSATIONS: Final = 200


def pull(user: UUID, conversation: UUID, after_rev: int, limit: int) -> Query[Page]:
    """As messaging.queries.pull, to the byte. Raises NotAMember."""
    there = store.current()
    if there is None:
        return (yield from queries.pull(user, conversation, after_rev, limit))
    seen, epoch = yield from _standing(user, conversation)
    upto = min(after_rev + limit, seen.rev)
    if epoch and seen.lowest_rev <= after_rev < upto:
        rows = yield partial(there.read, epoch, conversation, after_rev, upto)
        items = _believed(rows, seen, after_rev, upto)
        if items is not None:
            spelled, seqs = [one.item for one in items], [one.seq for one in items]
            touched = [one.seq or one.target for one in items]
            spelled = yield from queries.veiled(user, conversation, spelled, touched, seen.from_seq)
            return _page(spelled, seqs, after_rev, seen.rev)
    return (yield from queries.pull(user, conversation, after_rev, limit))


def _standing(user: UUID, conversation: UUID) -> Query[tuple[Standing, UUID | None]]:
    seen = yield from queries.standing(user, conversation)
    rows = yield (epochs.KNOWN, [])
    return seen, UUID(str(rows[0][0])) if rows else None


class _Item(NamedTuple):
    item: bytes
    seq: int  # of a message, else 0
    target: int  # of a change, else 0


def _believed(rows: Rows, seen: Standing, after: int, upto: int) -> list[_Item] | None:
    """None where one is missing or may be stale."""
    if not rows:
        return None
    since, applied, found, states = rows[0]
    if after < since - 1 or applied < seen.blanked_rev or len(found) != upto - after:
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


def _page(items: Sequence[bytes], seqs: Sequence[int], prev: int, head: int) -> Page:
    fitting = queries.fitting(items)
    last_seq = max(seqs[: len(fitting)], default=0)
    return Page(prev, head, reset=False, items=fitting, last_seq=last_seq)


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
