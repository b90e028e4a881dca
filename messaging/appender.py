"""One connection that appends a batch, whatever happens to it.

On a lost connection the same batch with the same keys is sent again, so a COMMIT whose answer was lost is found by its
keys.
"""

import asyncio
import logging
import time
from collections.abc import Sequence

import psycopg
from psycopg import errors as sql

from imserver import database
from messaging import log
from messaging.writes import Draft, Outcome

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 10.0
STATEMENT_SECONDS = 10.0
BROKEN = (psycopg.OperationalError, psycopg.InterfaceError, OSError)
PASSING = (sql.DeadlockDetected, sql.SerializationFailure, sql.QueryCanceled, sql.LockNotAvailable)


class Appender:
    def __init__(self) -> None:
        self._connection: database.Connection | None = None

    async def append(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """The same batch, until the database answers or patience ends."""
        parameters = log.pack_drafts(drafts)
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
                await self.close()
                if time.monotonic() > deadline:
                    raise
                logger.warning("The database connection broke (%s); the batch is sent again.", str(e).strip())
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)

    async def _connect(self) -> database.Connection:
        self._connection = await database.connect()
        return self._connection

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
