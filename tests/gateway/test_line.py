"""One process's line to the bus, on a Redis that drops connections."""

from typing import Any
from uuid import uuid4

from redis.asyncio import Redis

from imserver.realtime.bulletin import Item, Ring
from imserver.realtime.line import Line
from tests.gateway.proxy import Proxy
from tests.gateway.stage import redis_url, until


async def test_no_lost_connection_is_passed_over_in_silence(settings: Any) -> None:
    """The client would connect again by itself, and nobody would know what was published meanwhile."""
    heard: list[Item] = []
    restored: list[float] = []
    async with Proxy.before(settings.REDIS_URL) as proxy:
        settings.REDIS_URL = redis_url(proxy.port)
        line = Line(heard.append, restored.append)
        await line.start()
        await line.register(["user:x"])
        for count in (2, 3, 4):
            proxy.cut()
            proxy.restore()
            await until(lambda count=count: len(restored) == count)
        await line.stop()
    assert all(deaf < 5 for deaf in restored)


async def test_who_is_reached_by_one_topic_hears_of_all(settings: Any) -> None:
    """After Redis forgot some routes: else one of two people here would be told, and the other one passed over."""
    heard: list[Item] = []
    settings.REDIS_PREFIX = f"test-{uuid4()}"
    line, other = Line(heard.append, lambda _deaf: None), Line(heard.append, lambda _deaf: None)
    for one in (line, other):
        await one.start()
    await line.register(["user:a", "user:b"])
    redis = Redis.from_url(settings.REDIS_URL)
    await redis.delete(f"{settings.REDIS_PREFIX}:route:user:a")
    await redis.aclose()
    ring = (("user:a", "user:b"), Ring("here", 1, 1))
    other.deliver([ring])
    await until(lambda: heard)
    assert heard == [ring]
    for one in (line, other):
        await one.stop()
