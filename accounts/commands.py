"""What gateways tell of people: when each was seen last."""

import logging
from typing import Final
from uuid import UUID

from psycopg import Error

from imserver import database
from imserver.realtime.gathering import Gathering
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
        self._gone: Gathering[UUID, UUID] = Gathering(_EVERY_SECONDS, _write)  # by device, its person

    def start(self) -> None:
        """Nothing runs while nobody goes."""

    async def stop(self) -> None:
        await self._gone.stop()

    def gone(self, user: UUID, device: UUID) -> None:
        self._gone.put(device, user)


async def _write(gone: dict[UUID, UUID]) -> None:
    try:
        await database.fetch(_SAW, (list(set(gone.values())), list(gone)))
    except (Error, OSError, TimeoutError) as e:
        logger.warning("When %s devices were last seen could not be written: %s", len(gone), e)
