"""The hot path: a gateway's sends, appended in batches.

What gathers while a batch commits is the next batch. A client that goes away cancels nothing. On a lost connection the
same batch with the same keys is sent again, so a COMMIT whose answer was lost is found by its keys; no client hears of
an error while the outcome is unknown, other than `retry: same_key`.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

import psycopg
from psycopg import errors as sql

from imserver import database
from imserver.errors import DomainError, ServerError, Unavailable
from imserver.realtime.bulletin import Entries, Item, Ring
from imserver.realtime.hub import Hub
from messaging import entries, log, queries
from messaging.entries import Row
from messaging.log import Draft, Outcome
from messaging.queries import Audience

logger = logging.getLogger(__name__)
BATCH = 200
PLACES = 50_000
PATIENCE_SECONDS = 10.0
STATEMENT_SECONDS = 10.0
MARK_SECONDS = 0.2
BROKEN = (psycopg.OperationalError, psycopg.InterfaceError, OSError)
PASSING = (sql.DeadlockDetected, sql.SerializationFailure, sql.QueryCanceled, sql.LockNotAvailable)


class Sending(Protocol):
    """A draft and whoever waits for its answer."""

    draft: Draft
    rev: int
    socket: Any

    def appended(self, outcome: Outcome, created_at: str) -> None:
        """It is in the log; `give` follows in its turn."""

    def give(self, prev: int) -> None: ...

    def refused(self, outcome: Outcome) -> None: ...

    def error(self, error: DomainError) -> None: ...

    def fail(self) -> None: ...


class Lane:
    """One connection, one batch at a time."""

    def __init__(self, hub: Hub):
        self._hub = hub
        self._queue: deque[Sending] = deque()
        self._wake = asyncio.Event()
        self._connection: database.Connection | None = None
        self._places: dict[UUID, Audience] = {}

    def put(self, sending: Sending) -> None:
        self._queue.append(sending)
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            if batch := self._gather():
                await self._append(batch)
            if not self._queue:
                self._wake.clear()

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
            outcomes = await self._stubbornly(batch)
            await self._know(batch)
        except (sql.DataError, sql.IntegrityError) as e:
            await self._halve(batch, e)
        except BROKEN as e:
            await self._again(batch, e, tries)
        except Exception:
            logger.exception("A batch of %s could not be appended", len(batch))
            self._refuse(batch, ServerError())
        else:
            self._answer(batch, outcomes)

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
            outcomes = await self._stubbornly(batch)
            await self._know(batch)
        except Exception:
            logger.exception("A draft could not be appended")
            self._refuse(batch, Unavailable())
        else:
            self._answer(batch, outcomes)

    async def _stubbornly(self, batch: Sequence[Sending]) -> list[Outcome]:
        """The same batch, until the database answers or patience ends."""
        parameters = log.pack_drafts([sending.draft for sending in batch])
        deadline, delay = time.monotonic() + PATIENCE_SECONDS, 0.05
        while True:
            try:
                async with asyncio.timeout(STATEMENT_SECONDS):
                    connection = self._connection or await self._connect()
                    cursor = await connection.execute(log.APPEND, parameters, prepare=True, binary=True)
                    return [Outcome(*row) for row in await cursor.fetchall()]
            except (*PASSING, sql.DataError, sql.IntegrityError):
                raise
            except BROKEN as e:
                await self._disconnect()
                if time.monotonic() > deadline:
                    raise
                logger.warning("The database connection broke (%s); the batch is sent again.", str(e).strip())
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)

    async def _connect(self) -> database.Connection:
        connection = await database.connect()
        log.register(connection.adapters)
        self._connection = connection
        return connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _know(self, batch: Sequence[Sending]) -> None:
        """Where conversations are heard; that of a conversation never changes."""
        if len(self._places) > PLACES:
            self._places.clear()
        if unknown := {one.draft.conversation for one in batch} - self._places.keys():
            self._places |= await database.arun(queries.audience(unknown))

    def _answer(self, batch: Sequence[Sending], outcomes: Sequence[Outcome]) -> None:
        """Answers and entries leave together, in the order of the log."""
        runs: dict[UUID, list[tuple[Sending, Outcome]]] = {}
        items: list[Item] = []
        for sending, outcome in zip(batch, outcomes, strict=True):
            if outcome.code == log.APPENDED:
                runs.setdefault(sending.draft.conversation, []).append((sending, outcome))
            elif outcome.duplicate:
                sending.appended(outcome, entries.moment(outcome.created_ms))
                sending.give(outcome.rev - 1)
                place = self._places[sending.draft.conversation]
                items.append((place.topics, Ring(str(sending.draft.conversation), outcome.rev, outcome.rev)))
            else:
                sending.refused(outcome)
        answers: dict[str, list[Sending]] = {}
        for conversation, run in runs.items():
            name = str(conversation)
            answers[name] = [sending for sending, _ in run]
            items.append((self._places[conversation].topics, _entries(name, run)))
        self._hub.tell(items, answers)

    def _refuse(self, batch: Sequence[Sending], error: DomainError) -> None:
        for sending in batch:
            sending.error(error)


def _entries(conversation: str, run: Sequence[tuple[Sending, Outcome]]) -> Entries:
    spelled = []
    for sending, outcome in run:
        sending.appended(outcome, entries.moment(outcome.created_ms))
        spelled.append(entries.spell(row(sending.draft, outcome)))
    return Entries(conversation, run[0][1].rev - 1, spelled, run[-1][1].seq, plain=True)


def row(draft: Draft, outcome: Outcome) -> Row:
    """The entry that a draft became, as a query would read it."""
    return Row(
        draft.conversation,
        outcome.rev,
        outcome.seq,
        draft.kind,
        draft.sender,
        draft.key,
        draft.content.decode(),
        draft.reply_to,
        outcome.kept(draft.mentions),
        target=None,
        changed_rev=outcome.rev,
        edited_ms=None,
        created_ms=outcome.created_ms,
        blanked_by=None,
        blanked_ms=None,
    )


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
            await lane._disconnect()  # noqa: SLF001

    def put(self, sending: Sending) -> None:
        self._lanes[sending.draft.conversation.int % len(self._lanes)].put(sending)
