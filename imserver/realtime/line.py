"""One process's line to the bus: one subscriber connection and one channel, topics that are confirmed before `register`
returns, and `deliver`, which reaches each gateway once however many topics and frames there are.
"""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from typing import Any

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from imserver.realtime.bulletin import Beat, Item, encode, unpack

logger = logging.getLogger(__name__)
DELIVER, ONLINE = (files("imserver.realtime").joinpath(f"{name}.lua").read_text() for name in ("deliver", "online"))
BEAT_SECONDS, SILENCE_SECONDS = 5.0, 10.0
BROKEN = (RedisError, OSError, TimeoutError)


def arguments(items: Iterable[Item], own: str) -> list[bytes | str]:
    """deliver.lua's arguments."""
    found: list[bytes | str] = [settings.REDIS_PREFIX, own]
    for topics, bulletin in items:
        found += (" ".join(topics), encode(bulletin))
    return found


class Line:
    """One process's connection to the bus. `on_restored` is told for how many seconds it may have been deaf."""

    BOUND = 20_000  # items waiting for Redis; beyond it the fast lane is given up, the sure lane tells

    def __init__(self, on_item: Callable[[Item], None], on_restored: Callable[[float], None]):
        self.id = uuid.uuid4().hex
        self.lost = True
        self._on_item, self._on_restored = on_item, on_restored
        self._client: Redis = Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
        self._topics: set[str] = set()
        self._outgoing: deque[Item] = deque()
        self._wake, self._connected = asyncio.Event(), asyncio.Event()
        self._turn = asyncio.Lock()
        self._heard = asyncio.get_running_loop().time()
        self._deliver, self._online = map(self._client.register_script, (DELIVER, ONLINE))
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def _beat_topic(self) -> str:
        return f"gateway:{self.id}"

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(job()) for job in (self._listen, self._publish, self._beat)]
        await asyncio.wait_for(self._connected.wait(), 10)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._route("srem", self._topics | {self._beat_topic})
        except BROKEN:
            logger.info("Redis is away; the routes go when a delivery finds nobody.")
        await self._client.aclose()

    async def register(self, topics: Iterable[str]) -> None:
        """Returns once what is delivered to these topics reaches us. While Redis is away they are kept for later."""
        fresh = set(topics) - self._topics
        self._topics |= fresh
        await self._change("sadd", fresh)

    async def unregister(self, topics: Iterable[str]) -> None:
        gone = set(topics) & self._topics
        self._topics -= gone
        await self._change("srem", gone)

    def deliver(self, items: Sequence[Item]) -> None:
        """Hand items to the other gateways. Never waits, may lose: the sure lane repeats what matters."""
        if self.lost or len(self._outgoing) + len(items) > self.BOUND:
            return
        self._outgoing.extend(items)
        self._wake.set()

    async def online(self, users: Sequence[str]) -> set[str]:
        """Who of these people has a socket on a gateway that lives. Raises RedisError, OSError."""
        found: list[bytes] = await self._online(args=[settings.REDIS_PREFIX, *(f"user:{user}" for user in users)])
        return {user for user, is_online in zip(users, found, strict=True) if is_online}

    async def _change(self, command: str, topics: Iterable[str]) -> None:
        """One change after the other: who asks for a topic that is on its way, or just leaving, waits for that."""
        async with self._turn:
            if topics and not self.lost:
                try:
                    await self._route(command, topics)
                except BROKEN as e:  # done or not: the next connection starts with all routes
                    self._went(e)

    async def _route(self, command: str, topics: Iterable[str]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for topic in topics:
            getattr(pipeline, command)(f"{settings.REDIS_PREFIX}:route:{topic}", self.id)
        await pipeline.execute()

    async def _listen(self) -> None:
        delay = 0.05
        while True:
            try:
                async with self._client.pubsub() as channel:
                    await channel.subscribe(f"{settings.REDIS_PREFIX}:gateway:{self.id}")
                    async with asyncio.timeout(5):
                        while await channel.get_message(timeout=5) is None:
                            pass
                    async with self._turn:
                        await self._route("sadd", self._topics | {self._beat_topic})
                        self._restored()
                    delay = 0.05
                    await self._read(channel)
            except BROKEN as e:
                self._went(e)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 1.0)

    async def _read(self, channel: Any) -> None:
        loop = asyncio.get_running_loop()
        while not self.lost and loop.time() - self._heard < SILENCE_SECONDS:
            message = await channel.get_message(ignore_subscribe_messages=True, timeout=1)
            for item in unpack(message["data"]) if message else ():
                if isinstance(item[1], Beat):  # only this proves that our routes still stand
                    self._heard = loop.time()
                else:
                    self._on_item(item)
        raise TimeoutError("we do not hear our own heartbeat")

    def _restored(self) -> None:
        now = asyncio.get_running_loop().time()
        deaf, self._heard = now - self._heard, now
        self.lost = False
        self._connected.set()
        self._on_restored(deaf)

    def _went(self, reason: BaseException) -> None:
        if not self.lost:
            logger.warning("The bus is lost: %s", reason)
            self.lost = True
            self._outgoing.clear()

    async def _publish(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            items = list(self._outgoing)
            self._outgoing.clear()
            try:
                await self._deliver(args=arguments(items, self.id))
            except BROKEN as e:
                logger.warning("A delivery was lost: %s", e)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self._deliver(args=arguments([((self._beat_topic,), Beat())], ""))
            except BROKEN:
                logger.debug("No heartbeat: Redis is away.")
