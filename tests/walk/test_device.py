"""The device of the tests itself."""

import asyncio
import itertools
from typing import Any

from imserver.ids import uuid7
from tests.knowledge import Json, Knowledge, Refused
from tests.make import Person
from tests.walk.owing import Ask, Owing

CHAT = "chat"


class Alone(Knowledge):
    """Its server answers when the test says so."""

    def __init__(self) -> None:
        super().__init__(Person(uuid7(), "ann", uuid7()))
        self.asked: list[asyncio.Future[Json]] = []

    async def call(self, kind: str, data: Any, *, seconds: float = 20) -> Json:
        self.asked.append(asyncio.get_running_loop().create_future())
        return await self.asked[-1]

    async def get(self, path: str) -> Json:
        raise AssertionError(f"nothing is asked for at {path}")

    def _discover(self, cid: str) -> None:
        """It has its head."""


def page(prev: int, head: int) -> Json:
    items = [{"rev": rev, "kind": "group.updated", "content": {}} for rev in range(prev + 1, head + 1)]
    return {"conversation": CHAT, "prev": prev, "head": head, "items": items}


async def test_what_follows_a_page_that_is_answered_and_not_yet_taken_is_pulled() -> None:
    device = Alone()
    device._live(page(4, 5))
    await asyncio.sleep(0)
    device.asked[0].set_result(page(0, 5))
    device._live(page(5, 6))  # in the same breath
    for _ in range(5):
        await asyncio.sleep(0)
    assert device.cursors == {CHAT: 5}
    device.asked[1].set_result(page(5, 6))
    await device._pulling[CHAT]
    assert device.cursors == {CHAT: 6}


async def test_what_was_refused_is_asked_for_again_where_something_was_told_meanwhile() -> None:
    answers: list[asyncio.Future[object]] = [asyncio.get_running_loop().create_future() for _ in range(2)]

    numbers = itertools.count()

    class Owes(Owing):
        connected = True

        def _kinds(self) -> dict[str, Ask]:
            return {"group": self._asks}

        async def _asks(self) -> Any:
            return await answers[next(numbers)]

    device, taken = Owes(Person(uuid7(), "ann", uuid7()), ""), list[str]()
    device.owe("group")
    await asyncio.sleep(0)
    device.owe("group")  # the role has changed
    answers[0].set_exception(Refused({"code": "needs_role"}))
    answers[1].set_result(lambda: taken.append("as a member"))
    await device._paying["group",]
    assert (taken, device.debts) == (["as a member"], {})
