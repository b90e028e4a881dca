"""What gateways tell of people: when each was seen last."""

import asyncio
import logging
from typing import Final
from uuid import UUID

from psycopg import Error

from imserver import database
from imserver.realtime.hub import Hub

logger = logging.getLogger(__name__)
_EVERY_SECONDS: Final = 1.0
_SAW: Final = """
with people as (
  select id from accounts_user where id = any(%s::uuid[]) order by id for no key update),
devices as (
  select id from accounts_device where id = any(%s::uuid[]) order by user_id, id for no key update),
seen as (
  update accounts_device d set last_seen_at = clock_timestamp() from devices where d.id = devices.id)
update accounts_user u set last_seen_at = clock_timestamp() from people where u.id = people.id returning 1
"""


class Sightings:
    """One gateway's closed sockets, gathered for a second and written by one call."""

    def __init__(self, hub: Hub):
        del hub
        self._gathered: dict[UUID, UUID] = {}  # by device, its person
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Nothing runs while nobody goes."""

    async def stop(self) -> None:
        if self._task:
            await self._task

    def gone(self, user: UUID, device: UUID) -> None:
        self._gathered[device] = user
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        while self._gathered:
            await asyncio.sleep(_EVERY_SECONDS)
            gone, self._gathered = self._gathered, {}
            try:
                await database.fetch(_SAW, (list(set(gone.values())), list(gone)))
            except (Error, OSError, TimeoutError) as e:
                logger.warning("When %s devices were last seen could not be written: %s", len(gone), e)
