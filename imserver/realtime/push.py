"""From any process that is no gateway: tell the gateways what was committed."""

import logging
from collections.abc import Sequence
from functools import cache
from uuid import UUID

from django.conf import settings
from redis import Redis
from redis.commands.core import Script
from redis.exceptions import RedisError

from imserver.realtime.bulletin import Item, Revoked, moved
from imserver.realtime.line import DELIVER, arguments

logger = logging.getLogger(__name__)


class Undelivered(Exception):
    """Redis is away."""


@cache
def _script() -> Script:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2).register_script(DELIVER)


def deliver(items: Sequence[Item]) -> None:
    """Reach every gateway that listens to one of the topics. Raises Undelivered."""
    if items:
        try:
            _script()(args=arguments(items, ""))
        except (RedisError, OSError) as e:
            raise Undelivered(str(e)) from e


def tell(items: Sequence[Item]) -> None:
    """The fast lane: `deliver`, but a lost delivery is only noted, since the sure lane repeats it."""
    try:
        deliver(items)
    except Undelivered as e:
        logger.warning("A delivery was lost: %s", e)


def seen_anew(user_ids: Sequence[UUID]) -> None:
    """Somebody else may see these people now, or no longer."""
    tell(moved(map(str, user_ids)))


def revoked(user_id: UUID, session_ids: Sequence[UUID], code: int) -> None:
    """Close these sessions' sockets at once; gateways also read the table, so a lost notice loses nothing."""
    tell([((f"user:{user_id}",), Revoked([str(session) for session in session_ids], code))])
