"""imserver.realtime.hub: who may hear a group while memberships change faster than news of them arrives."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from imserver.realtime import hub
from imserver.realtime.bulletin import Entries, Item, Ring
from imserver.realtime.hub import Hub
from imserver.realtime.listener import Arrived
from imserver.realtime.order import GAP_SECONDS
from tests.gateway.stage import until

GROUP = "group"
TOPICS = (f"conversation:{GROUP}",)


class Line:
    """A bus without other gateways."""

    def __init__(self) -> None:
        self.topics: set[str] = set()

    def line(self, on_item: Callable[[Item], None], on_restored: Callable[[float], None]) -> "Line":
        return self

    async def register(self, topics: Iterable[str]) -> None:
        self.topics |= set(topics)
        await asyncio.sleep(0)

    async def unregister(self, topics: Iterable[str]) -> None:
        self.topics -= set(topics)

    def deliver(self, items: Sequence[Item]) -> None:
        assert items


class Listens:
    def __init__(self, user: str):
        self.user, self.session, self.topics = user, user, set[str]()
        self.revs: list[int] = []
        self.closed = 0

    def push(self, body: bytes, arrived: Arrived = (), *, droppable: bool = False) -> None:
        data = json.loads(b"{" + body)["data"]
        revs = [item["rev"] for item in data["items"]]
        assert revs == list(range(data["prev"] + 1, data["prev"] + 1 + len(revs)))
        self.revs += revs

    def close(self, code: int) -> None:
        self.closed = code


class Log:
    """The store: a group's rev and its members, read when the test says so."""

    def __init__(self) -> None:
        self.rev = 10
        self.members: set[str] = {"old"}
        self.moved: list[tuple[str, tuple[str, ...], int]] = []  # (conversation, topics, rev)
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def groups(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str, int]]:
        found = [(user, group, self.rev) for user, group in pairs if user in self.members]
        self.reading.set()
        await self.go_on.wait()
        return found

    async def between(self, conversation: str, first_rev: int, last_rev: int) -> list[bytes]:
        return [message(rev) for rev in range(first_rev, last_rev + 1)]

    async def groups_of(self, users: Sequence[UUID]) -> dict[str, list[str]]:
        return {str(user): [GROUP] for user in users if str(user) in self.members}

    async def changed(self, users: Sequence[str], seconds: float) -> list[tuple[str, tuple[str, ...], int]]:
        await asyncio.sleep(GAP_SECONDS * 2)
        asked = {f"user:{user}" for user in users}
        return [one for one in self.moved if asked.intersection(one[1])]


def message(rev: int) -> bytes:
    return b'{"rev":%d,"seq":%d,"kind":"text"}' % (rev, rev)


def left(rev: int, user: str) -> bytes:
    return b'{"rev":%d,"kind":"member.left","sender":"x","content":{"user":"%b"}}' % (rev, user.encode())


def joined(rev: int) -> bytes:
    return b'{"rev":%d,"kind":"conversation.joined","sender":"x","content":{"conversation":"%b"}}' % (
        rev,
        GROUP.encode(),
    )


class House:
    def __init__(self) -> None:
        self.log, self.bus = Log(), Line()
        self.hub = Hub(self.log, self.bus)  # type: ignore[arg-type]

    async def enter(self, user: str, *groups: str) -> Listens:
        socket = Listens(user)
        self.hub.admit(socket)
        await self.hub.enter({socket: list(groups)})
        return socket

    def tell(self, prev: int, *items: bytes) -> None:
        self.hub.hear((TOPICS, Entries(GROUP, prev, list(items), 0, plain=False)))

    async def settled(self) -> None:
        await until(lambda: not self.hub._tasks and not self.hub.order._tasks)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    found = House()
    yield found
    await found.settled()


async def test_a_newcomer_hears_nothing_that_was_late(house: House) -> None:
    old = await house.enter("old", GROUP)
    house.log.members.add("new")
    house.log.rev = 13
    new = await house.enter("new", GROUP)
    house.tell(10, message(11))
    house.tell(11, message(12), message(13))
    house.tell(13, message(14))
    assert old.revs == [11, 12, 13, 14]
    assert new.revs == [14]


async def test_a_newcomer_hears_the_rest_of_what_began_before_him(house: House) -> None:
    old = await house.enter("old", GROUP)
    house.log.members.add("new")
    house.log.rev = 12
    new = await house.enter("new", GROUP)
    house.tell(10, *(message(rev) for rev in range(11, 16)))
    house.tell(15, message(16))
    assert old.revs == [11, 12, 13, 14, 15, 16]
    assert new.revs == [13, 14, 15, 16]


async def test_nothing_is_heard_before_the_membership_is_known(house: House) -> None:
    await house.enter("old", GROUP)
    house.log.go_on.clear()
    house.log.reading.clear()
    entering = asyncio.create_task(house.enter("stranger", GROUP))
    await house.log.reading.wait()
    house.tell(10, message(11))
    house.log.go_on.set()
    stranger = await entering
    house.tell(11, message(12))
    assert stranger.revs == []
    assert stranger.topics == {"user:stranger"}


async def test_a_removal_during_the_join_holds(house: House) -> None:
    await house.enter("old", GROUP)
    house.log.members.add("new")
    house.log.go_on.clear()
    house.log.reading.clear()
    entering = asyncio.create_task(house.enter("new", GROUP))
    await house.log.reading.wait()
    house.log.members.discard("new")
    house.log.rev = 11
    house.tell(10, left(11, "new"))
    house.log.go_on.set()
    new = await entering
    house.tell(11, message(12))
    assert new.revs == []


async def test_a_removal_from_before_a_return_does_not_hold(house: House) -> None:
    await house.enter("old", GROUP)
    house.log.members.add("back")
    house.log.rev = 13
    back = await house.enter("back", GROUP)
    house.tell(10, left(11, "back"), message(12), message(13))
    house.tell(13, message(14))
    assert back.revs == [14]


async def test_a_removal_from_before_a_return_that_comes_during_the_join_does_not_hold(house: House) -> None:
    await house.enter("old", GROUP)
    house.log.members.add("back")
    house.log.rev = 12
    house.log.go_on.clear()
    house.log.reading.clear()
    entering = asyncio.create_task(house.enter("back", GROUP))
    await house.log.reading.wait()
    house.tell(10, left(11, "back"))
    house.log.go_on.set()
    back = await entering
    house.tell(11, message(12))
    house.tell(12, message(13))
    assert back.revs == [13]


async def test_a_removed_member_hears_nothing_later(house: House) -> None:
    old = await house.enter("old", GROUP)
    house.log.members.add("gone")
    gone = await house.enter("gone", GROUP)
    house.tell(10, message(11))
    house.tell(11, left(12, "gone"), message(13))
    house.tell(13, message(14))
    assert old.revs == [11, 12, 13, 14]
    assert gone.revs == [11]


async def test_a_newcomer_is_shown_what_came_while_his_membership_was_read(house: House) -> None:
    await house.enter("old", GROUP)
    new = await house.enter("new")
    house.log.members.add("new")
    house.log.go_on.clear()
    house.log.reading.clear()
    house.hub.hear((("user:new",), Entries("log", 0, [joined(1)], 0, plain=False)))
    await house.log.reading.wait()
    house.tell(10, message(11))
    house.log.go_on.set()
    await house.settled()
    house.tell(11, message(12))
    assert new.revs == [1, 11, 12]


async def test_a_socket_that_goes_leaves_nothing_behind(house: House) -> None:
    sockets = [await house.enter("old", GROUP) for _ in range(3)]
    for socket in sockets:
        await house.hub.leave(socket)
    hub: Any = house.hub
    assert (hub.topics, hub.sessions, hub._early, hub.order.known, house.bus.topics) == ({}, {}, {}, {}, set())


async def test_a_session_ends_on_all_its_sockets(house: House) -> None:
    tabs = [await house.enter("old", GROUP) for _ in range(2)]
    other = await house.enter("other")
    await house.hub.leave(await house.enter("old"))
    house.hub.revoke(["old", "nobody"], 4401)
    assert [socket.closed for socket in (*tabs, other)] == [4401, 4401, 0]


async def test_after_a_deaf_spell_the_groups_that_people_have_now_are_heard(house: House) -> None:
    came, went = str(uuid4()), str(uuid4())
    house.log.members = {went}
    newcomer, gone = await house.enter(came), await house.enter(went, GROUP)
    house.log.members, house.log.rev = {came}, 12  # and nobody here heard of it
    await house.hub.catch_up(1)
    house.tell(12, message(13))
    assert newcomer.revs == [12, 13]
    assert gone.revs == []
    assert (gone.topics, newcomer.closed, gone.closed) == ({f"user:{went}"}, 0, 0)


async def test_after_a_deaf_spell_both_people_of_a_conversation_are_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are asked for in parts; who comes in the second must not find that all was told to the first."""
    monkeypatch.setattr(hub, "_CHUNK", 1)
    one, other = str(uuid4()), str(uuid4())
    house.log.moved = [("direct", (f"user:{one}", f"user:{other}"), 7)]
    both = [await house.enter(one), await house.enter(other)]
    await house.hub.catch_up(1)
    await house.settled()
    assert [socket.revs for socket in both] == [[7], [7]]


async def test_who_comes_in_during_the_catching_up_is_told_too(house: House) -> None:
    """He has read the heads before it was stored, and what the others here were told then will not come again."""
    one, other = str(uuid4()), str(uuid4())
    house.log.moved = [("direct", (f"user:{one}", f"user:{other}"), 7)]
    early = await house.enter(one)
    catching_up = asyncio.create_task(house.hub.catch_up(1))
    await asyncio.sleep(GAP_SECONDS)
    late = await house.enter(other)
    await catching_up
    await house.settled()
    house.hub.hear((house.log.moved[0][1], Ring("direct", 7, 7)))
    await house.settled()
    assert (early.revs, late.revs) == ([7], [7])
