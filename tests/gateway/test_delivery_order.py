"""imserver.realtime.order, without a server."""

import asyncio
from collections.abc import Iterable, Sequence

import pytest

from imserver.realtime import order as module
from imserver.realtime.bulletin import Entries, Ring
from imserver.realtime.order import Order
from tests.gateway.stage import until

TOPICS = ("user:1",)


def entry(rev: int) -> bytes:
    return b'{"rev":%d,"seq":%d,"kind":"text"}' % (rev, rev)


def entries(*revs: int) -> Entries:
    return Entries("c", revs[0] - 1, [entry(rev) for rev in revs], revs[-1], plain=True)


class Ok:
    """A sender's answer that waits for its turn."""

    def __init__(self, rev: int, said: list[str]):
        self.rev, self._said = rev, said

    def give(self, prev: int) -> None:
        self._said.append(f"ok {self.rev} after {prev}")

    def fail(self) -> None:
        self._said.append(f"fail {self.rev}")


class Room:
    """What an Order tells, and the store it asks."""

    def __init__(self) -> None:
        self.delivered: list[int] = []
        self.said: list[str] = []
        self.asked: list[tuple[int, int]] = []
        self.stored: set[int] | None = None  # None: everything
        self.broken: list[str] = []
        self.order = Order(self._deliver, self._fetch, self.broken.extend)

    def _deliver(self, topics: Iterable[str], found: Entries, answers: Sequence[Ok]) -> None:
        assert set(topics) == set(TOPICS)
        self.delivered += range(found.prev + 1, found.last_rev + 1)
        assert found.items == [entry(rev) for rev in range(found.prev + 1, found.last_rev + 1)]
        for answer in answers:
            answer.give(answer.rev - 1)

    async def _fetch(self, conversation: str, first: int, last: int) -> list[bytes]:
        assert conversation == "c"
        self.asked.append((first, last))
        return [entry(rev) for rev in range(first, last + 1) if self.stored is None or rev in self.stored]

    def take(self, *revs: int, own: Iterable[int] = ()) -> None:
        self.order.take(TOPICS, entries(*revs), [Ok(rev, self.said) for rev in own])

    def ring(self, first: int, last: int) -> None:
        self.order.ring(TOPICS, Ring("c", first, last))

    async def settled(self) -> None:
        await asyncio.gather(*self.order._tasks)


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(module, "GAP_SECONDS", 0.01)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.001)
    return Room()


async def test_what_comes_next_is_delivered_and_what_is_older_dropped(room: Room) -> None:
    room.take(1, 2)
    room.take(3)
    room.take(2, 3)
    room.take(1)
    assert room.delivered == [1, 2, 3]
    assert not room.asked


async def test_the_part_that_was_seen_is_cut_off(room: Room) -> None:
    room.take(1, 2)
    room.take(2, 3, 4)
    assert room.delivered == [1, 2, 3, 4]


async def test_an_unknown_conversation_is_delivered_as_it_comes(room: Room) -> None:
    room.take(7)
    room.take(8)
    assert room.delivered == [7, 8]


async def test_a_gap_that_fills_in_time_asks_nobody(room: Room) -> None:
    room.take(1)
    room.take(3, own=[3])
    room.take(4)
    assert room.delivered == [1]
    assert not room.said
    room.take(2)
    assert room.delivered == [1, 2, 3, 4]
    assert room.said == ["ok 3 after 2"]
    await room.settled()
    assert not room.asked


async def test_a_gap_that_stays_is_filled_from_the_store(room: Room) -> None:
    room.take(1)
    room.take(5, own=[5])
    await room.settled()
    assert room.delivered == [1, 2, 3, 4, 5]
    assert room.asked == [(2, 4)]
    assert room.said == ["ok 5 after 4"]


async def test_what_comes_during_the_filling_is_delivered_once(room: Room) -> None:
    room.take(1)
    room.take(3)
    room.take(6)
    await room.settled()
    room.take(2)
    assert room.delivered == [1, 2, 3, 4, 5, 6]


async def test_a_long_gap_is_left_to_the_clients(room: Room) -> None:
    room.take(1)
    room.take(1_000)
    await room.settled()
    assert room.delivered == [1, 999, 1_000]


async def test_of_a_long_gap_in_a_group_nothing_is_skipped(room: Room) -> None:
    """A removal may be in it, and must be heard before anything later."""
    room.order.opening("c")
    room.order.open("c", 0)
    room.take(1)
    room.take(1_000, own=[1_000])
    await room.settled()
    assert room.delivered == list(range(1, 1_001))
    assert room.asked == [(2, 201), (202, 401), (402, 601), (602, 801), (802, 999)]
    assert room.said == ["ok 1000 after 999"]


async def test_a_ring_for_what_was_delivered_is_silent(room: Room) -> None:
    room.take(1, 2)
    room.ring(1, 2)
    await room.settled()
    assert room.delivered == [1, 2]
    assert not room.asked


async def test_a_ring_for_what_was_not_delivered_fetches_it(room: Room) -> None:
    room.take(1)
    room.ring(2, 3)
    await room.settled()
    assert room.delivered == [1, 2, 3]


async def test_a_ring_for_an_unknown_conversation_fetches_what_it_rings_for(room: Room) -> None:
    room.ring(5, 6)
    await room.settled()
    assert room.delivered == [5, 6]


async def test_a_ring_waits_for_the_fast_lane(room: Room) -> None:
    room.take(1)
    room.ring(2, 3)
    room.take(2, 3)
    await room.settled()
    assert room.delivered == [1, 2, 3]
    assert not room.asked


async def test_a_group_is_held_until_its_head_is_known(room: Room) -> None:
    room.order.opening("c")
    room.take(5)
    room.take(6, own=[6])
    assert not room.delivered
    room.order.open("c", 5)
    assert room.delivered == [6]
    assert room.said == ["ok 6 after 5"]
    room.order.open("c", 99)  # open already
    room.take(7)
    assert room.delivered == [6, 7]


async def test_a_group_that_opens_below_what_it_holds_fills_the_gap(room: Room) -> None:
    room.order.opening("c")
    room.take(5)
    room.order.open("c", 2)
    await room.settled()
    assert room.delivered == [3, 4, 5]


async def test_what_the_store_has_not_yet_is_asked_for_again(room: Room) -> None:
    room.stored = set()
    room.take(1)
    room.ring(2, 2)
    await until(lambda: len(room.asked) >= 3)
    room.stored = {2}
    await room.settled()
    assert room.delivered == [1, 2]
    assert not room.broken


async def test_what_the_store_never_has_breaks_the_sockets_and_fails_the_answers(room: Room) -> None:
    room.stored = set()
    room.take(1)
    room.take(3, own=[3])
    await room.settled()
    assert room.broken == list(TOPICS)
    assert room.said == ["fail 3"]
    room.take(8)  # unknown again
    assert room.delivered == [1, 8]


async def test_a_store_that_fails_is_asked_again(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fetch, failures = room._fetch, [OSError("away")] * 2

    async def fails(conversation: str, first: int, last: int) -> list[bytes]:
        if failures:
            raise failures.pop()
        return await fetch(conversation, first, last)

    monkeypatch.setattr(room.order, "_fetch", fails)
    room.take(1)
    room.take(3)
    await room.settled()
    assert room.delivered == [1, 2, 3]
    assert len(caplog.records) == 2


async def test_a_conversation_that_nobody_hears_is_forgotten(room: Room) -> None:
    room.take(1)
    room.take(3, own=[3])
    room.order.forget("c")
    assert room.said == ["fail 3"]
    await room.settled()
    assert (room.delivered, room.order.known) == ([1], {})


async def test_an_answer_for_what_was_told_already_is_given_at_once(room: Room) -> None:
    room.take(1, 2, 3)
    room.take(2, own=[2])
    assert room.said == ["ok 2 after 1"]
    assert room.delivered == [1, 2, 3]


async def test_conversations_that_are_not_open_are_pruned_before_memory_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "KNOWN", 10)
    order = Order(lambda *_: None, Room()._fetch, list)
    order.opening("open")
    order.open("open", 1)
    for n in range(50):
        order.take(TOPICS, Entries(f"{n}", 0, [entry(1)], 1, plain=True))
        assert len(order.known) <= 12
    assert "open" in order.known
