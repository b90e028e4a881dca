"""Read and delivered marks of a gateway's people."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from imserver import database
from imserver.errors import DomainError, Unavailable
from imserver.realtime.gathering import Gathering
from imserver.realtime.hub import Hub
from messaging import announce, log, queries
from messaging.appender import BROKEN
from messaging.writes import Mark, Marked

logger = logging.getLogger(__name__)
MARK_SECONDS = 0.2
DELIVERED_SECONDS = 1.0
RETRY_SECONDS = 1.0


Answer = Callable[[Marked | DomainError | None], None]
Place = tuple[UUID, UUID]  # a conversation and a person


class Marks:
    """Read and delivered marks, gathered for 200 ms and written by one call."""

    def __init__(self, hub: Hub):
        self._hub = hub
        self._waiting: list[tuple[Place, Answer]] = []
        self._gathering: Gathering[Place, Mark] = Gathering(MARK_SECONDS, self._write)

    def put(self, mark: Mark, answer: Answer | None = None) -> None:
        place = (mark.conversation, mark.user)
        if answer:
            self._waiting.append((place, answer))
        self._gathering.put(place, mark, _further)

    async def stop(self) -> None:
        await self._gathering.stop()

    async def _write(self, marks: dict[Place, Mark]) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            marked = await _marked(list(marks.values()))
        except BROKEN as e:
            logger.warning("Marks could not be written: %s", e)
            for _, answer in waiting:
                answer(Unavailable())
            return
        found = {(one.conversation, one.user): one for one in marked}
        for place, answer in waiting:
            answer(found.get(place))
        await self._tell([one for one in marked if one.moved or one.told])

    async def _tell(self, moved: Sequence[Marked]) -> None:
        """What is written will be told, however long the database is away in between."""
        while moved:
            try:
                readers = await database.arun(queries.readers(one.conversation for one in moved))
                self._hub.tell(announce.mark_items(moved, readers))
                break
            except BROKEN as e:
                logger.warning("Whom marks are told could not be read: %s", e)
                await asyncio.sleep(RETRY_SECONDS)


class Deliveries:
    """What devices have received, written at most once a second, and in large groups not at all."""

    def __init__(self, marks: Marks):
        self._marks = marks
        self._gathering: Gathering[Place, int] = Gathering(DELIVERED_SECONDS, self._hand_over)

    def put(self, user: UUID, messages: Mapping[str, int]) -> None:
        for name, seq in messages.items():
            self._gathering.put((UUID(name), user), seq, max)

    async def stop(self) -> None:
        await self._gathering.stop()

    async def _hand_over(self, gathered: dict[Place, int]) -> None:
        try:
            audience = await database.arun(queries.audience(conversation for conversation, _ in gathered))
        except BROKEN as e:
            logger.warning("Deliveries could not be written, the next hello makes up for it: %s", e)
            return
        for (conversation, user), seq in gathered.items():
            if conversation in audience and not audience[conversation].wide:
                self._marks.put(Mark(conversation, user, delivered_seq=seq))


def _further(one: Mark, other: Mark) -> Mark:
    return Mark(
        one.conversation, one.user, _most(one.read_seq, other.read_seq), _most(one.delivered_seq, other.delivered_seq)
    )


def _most(one: int | None, other: int | None) -> int | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)


async def _marked(marks: Sequence[Mark]) -> list[Marked]:
    async with database.connection() as connection:
        cursor = await connection.execute(log.MARK, log.pack_marks(marks), prepare=True)
        return [Marked(*row) for row in await cursor.fetchall()]
