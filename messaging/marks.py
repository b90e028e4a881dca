"""Read and delivered marks of a gateway's people."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from imserver import database
from imserver.errors import DomainError, Unavailable
from imserver.realtime.hub import Hub
from messaging import announce, log, packing, queries
from messaging.appender import BROKEN
from messaging.writes import Mark, Marked

logger = logging.getLogger(__name__)
MARK_SECONDS = 0.2
DELIVERED_SECONDS = 1.0


class Marks:
    """Read and delivered marks, gathered for 200 ms and written by one call."""

    def __init__(self, hub: Hub):
        self._hub = hub
        self._gathered: dict[tuple[UUID, UUID], Mark] = {}
        self._waiting: list[tuple[tuple[UUID, UUID], Callable[[Marked | DomainError | None], None]]] = []
        self._task: asyncio.Task[None] | None = None

    def put(self, mark: Mark, answer: Callable[[Marked | DomainError | None], None] | None = None) -> None:
        place = (mark.conversation, mark.user)
        before = self._gathered.get(place)
        self._gathered[place] = mark if before is None else _further(before, mark)
        if answer:
            self._waiting.append((place, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        while self._gathered:
            await asyncio.sleep(MARK_SECONDS)
            marks, self._gathered = list(self._gathered.values()), {}
            waiting, self._waiting = self._waiting, []
            try:
                marked = await _marked(marks)
                moved = [one for one in marked if one.moved or one.told]
                readers = await database.arun(queries.readers(one.conversation for one in moved))
            except BROKEN as e:
                logger.warning("Marks could not be written: %s", e)
                for _, answer in waiting:
                    answer(Unavailable())
                continue
            found = {(one.conversation, one.user): one for one in marked}
            for place, answer in waiting:
                answer(found.get(place))
            self._hub.tell(announce.mark_items(moved, readers))

    async def stop(self) -> None:
        if self._task:
            await self._task


class Deliveries:
    """What devices have received, written at most once a second, and in large groups not at all."""

    def __init__(self, marks: Marks):
        self._marks = marks
        self._gathered: dict[tuple[UUID, UUID], int] = {}
        self._task: asyncio.Task[None] | None = None

    def put(self, user: UUID, messages: Mapping[str, int]) -> None:
        for name, seq in messages.items():
            place = (UUID(name), user)
            self._gathered[place] = max(seq, self._gathered.get(place, 0))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._hand_over())

    async def _hand_over(self) -> None:
        while self._gathered:
            await asyncio.sleep(DELIVERED_SECONDS)
            gathered, self._gathered = self._gathered, {}
            try:
                audience = await database.arun(queries.audience(conversation for conversation, _ in gathered))
            except BROKEN as e:
                logger.warning("Deliveries could not be written, the next hello makes up for it: %s", e)
                continue
            for (conversation, user), seq in gathered.items():
                if conversation in audience and not audience[conversation].wide:
                    self._marks.put(Mark(conversation, user, delivered_seq=seq))

    async def stop(self) -> None:
        if self._task:
            await self._task


def _further(one: Mark, other: Mark) -> Mark:
    return Mark(
        one.conversation, one.user, _most(one.read_seq, other.read_seq), _most(one.delivered_seq, other.delivered_seq)
    )


def _most(one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)


async def _marked(marks: Sequence[Mark]) -> list[Marked]:
    async with database.connection() as connection:
        packing.register(connection.adapters)
        cursor = await connection.execute(log.MARK, log.pack_marks(marks), prepare=True)
        return [Marked(*row) for row in await cursor.fetchall()]
