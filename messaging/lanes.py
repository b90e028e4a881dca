"""The hot path: a gateway's sends, appended in batches.

What gathers while a batch commits is the next batch. A client that goes away cancels nothing. No client hears of an
error while the outcome is unknown, other than `retry: same_key`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from uuid import UUID

from psycopg import errors as sql

from imserver import database
from imserver.errors import DomainError, ServerError, Unavailable
from imserver.realtime.hub import Hub
from messaging import queries
from messaging.answers import Sending, settle
from messaging.appender import BROKEN, PASSING, Appender
from messaging.queries import Audience

logger = logging.getLogger(__name__)
BATCH = 200
PLACES = 50_000


class Lane:
    """One connection, one batch at a time."""

    def __init__(self, hub: Hub):
        self._hub = hub
        self._queue: deque[Sending] = deque()
        self._wake = asyncio.Event()
        self._appender = Appender()
        self._places: dict[UUID, Audience] = {}

    def put(self, sending: Sending) -> None:
        self._queue.append(sending)
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            if batch := self._gather():
                await self._safely(batch)
            if not self._queue:
                self._wake.clear()

    async def _safely(self, batch: Sequence[Sending]) -> None:
        """A bug costs a batch its answers, which its keys find again, and never the lane."""
        try:
            await self._append(batch)
        except Exception:
            logger.exception("A batch of %s could not be answered", len(batch))
            self._refuse(batch, Unavailable())

    def _gather(self) -> list[Sending]:
        """The next batch; a key that it has already waits for the first one's result."""
        batch: dict[UUID, Sending] = {}
        again = []
        while self._queue and len(batch) < BATCH:
            sending = self._queue.popleft()
            if batch.setdefault(sending.draft.key, sending) is not sending:
                again.append(sending)
        self._queue.extendleft(reversed(again))
        return list(batch.values())

    async def _append(self, batch: Sequence[Sending], tries: int = 2) -> None:
        try:
            outcomes = await self._appender.append([sending.draft for sending in batch])
            await self._know(batch)
        except (sql.DataError, sql.IntegrityError) as e:
            await self._halve(batch, e)
        except BROKEN as e:
            await self._again(batch, e, tries)
        except Exception:
            logger.exception("A batch of %s could not be appended", len(batch))
            self._refuse(batch, ServerError())
        else:
            self._hub.tell(*settle(batch, outcomes, self._places))

    async def _again(self, batch: Sequence[Sending], reason: Exception, tries: int) -> None:
        if isinstance(reason, PASSING) and tries > 1:
            await self._append(batch, tries - 1)
        else:
            self._refuse(batch, Unavailable())

    async def _halve(self, batch: Sequence[Sending], reason: Exception) -> None:
        """One draft spoils the batch: find it, so that it harms nobody else."""
        if len(batch) == 1:
            if isinstance(reason, sql.UniqueViolation):  # the key came through another gateway meanwhile
                await self._append_alone(batch)
                return
            logger.error("A draft that passed the door was refused by the database: %s", reason)
            self._refuse(batch, ServerError())
            return
        middle = len(batch) // 2
        await self._append(batch[:middle])
        await self._append(batch[middle:])

    async def _append_alone(self, batch: Sequence[Sending]) -> None:
        try:
            outcomes = await self._appender.append([sending.draft for sending in batch])
            await self._know(batch)
        except Exception:
            logger.exception("A draft could not be appended")
            self._refuse(batch, Unavailable())
        else:
            self._hub.tell(*settle(batch, outcomes, self._places))

    async def _know(self, batch: Sequence[Sending]) -> None:
        """Where conversations are heard; that of a conversation never changes."""
        if len(self._places) > PLACES:
            self._places.clear()
        if unknown := {one.draft.conversation for one in batch} - self._places.keys():
            self._places |= await database.arun(queries.audience(unknown))

    def _refuse(self, batch: Sequence[Sending], error: DomainError) -> None:
        for sending in batch:
            sending.error(error)

    async def close(self) -> None:
        await self._appender.close()


class Lanes:
    """A gateway's lanes: a conversation always takes the same one."""

    def __init__(self, hub: Hub, count: int = 2):
        self._lanes = [Lane(hub) for _ in range(count)]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.get_running_loop().create_task(lane.run()) for lane in self._lanes]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lane in self._lanes:
            await lane.close()

    def put(self, sending: Sending) -> None:
        self._lanes[sending.draft.conversation.int % len(self._lanes)].put(sending)
