"""Gateways that stand still, Redis that forgets or goes away: every device converges."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from redis.asyncio import Redis

from tests import make
from tests.gateway.proxy import Proxy
from tests.gateway.stage import converged, django, redis_url, until
from tests.make import Person
from tests.phone import Phone

PhoneOf = Callable[..., Phone]
GatewayOf = Callable[..., Any]


class Talk:
    """People who write into a direct and a group conversation until told to stop."""

    def __init__(self, writers: Sequence[Phone], places: Sequence[str]):
        self.writers, self.places = writers, places
        self.sent = 0
        self._stopping = asyncio.Event()

    async def __aenter__(self) -> "Talk":
        self._tasks = [asyncio.create_task(self._talk(phone)) for phone in self.writers]
        return self

    async def __aexit__(self, *_reason: object) -> None:
        self._stopping.set()
        await asyncio.gather(*self._tasks)

    async def _talk(self, phone: Phone) -> None:
        while not self._stopping.is_set():
            for place in self.places:
                await phone.say(f"{self.sent}", place)
                self.sent += 1
            await asyncio.sleep(0.02)


async def furnished(people: list[Person]) -> tuple[str, str]:
    """A direct conversation of Ann and Bob and a group of Ann, Bob and Cat, with a word in each."""
    ann, bob, cat, _ = people
    direct, group = await django(make.direct, ann, bob), await django(make.group, ann, bob, cat)
    for place in (direct, group):
        await django(make.message, ann, place)
    return str(direct), str(group)


async def messages_converge(phones: Sequence[Phone], seconds: float = 20) -> None:
    """Messages come by themselves. A mark that Redis lost comes with the next sync."""
    reference = {phone.me: await phone.fetch() for phone in phones}
    await until(lambda: all(held(phone, reference[phone.me]) for phone in phones), seconds)
    for phone in phones:
        await phone.sync()
    await converged(phones, seconds)


def held(phone: Phone, reference: dict[str, Any]) -> bool:
    return all(phone.entries.get(cid) == conversation["messages"] for cid, conversation in reference.items())


async def all_are_routed(redis: Redis, channels: Sequence[bytes]) -> bool:
    """Whether each gateway has noticed by its heartbeat that Redis had forgotten it."""
    routes = [channel.replace(b":gateway:", b":route:gateway:") for channel in channels]
    return bool(await redis.exists(*routes) == len(routes))


async def test_a_gateway_that_stood_still_for_20_seconds_catches_up(
    people: list[Person], gateway: GatewayOf, phone: PhoneOf, relay: None
) -> None:
    ann, bob, cat, _ = people
    places = await furnished(people)
    frozen = await gateway()
    devices = [await (await phone(person, frozen).connect()).load() for person in (bob, cat)]
    writers = [await (await phone(person).connect()).load() for person in (ann, bob)]
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        async with Talk(writers[:1], places):
            await asyncio.sleep(20)
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    await messages_converge([*devices, *writers])


async def test_redis_that_drops_connections_and_forgets_everything_loses_nothing(
    people: list[Person], gateway: GatewayOf, phone: PhoneOf, relay: None
) -> None:
    ann, bob, cat, _ = people
    places = await furnished(people)
    servers = [await gateway(), await gateway()]
    phones = [await (await phone(person, server).connect()).load() for person in (ann, bob, cat) for server in servers]
    redis = Redis.from_url(settings.REDIS_URL)
    gateways = await redis.pubsub_channels(f"{settings.REDIS_PREFIX}:gateway:*")
    async with Talk(phones[:4], places):
        for n in range(12):
            await asyncio.sleep(0.5)
            if n % 4 == 3:
                await redis.flushall()
            else:
                await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub" if n % 2 else "normal", "SKIPME", "yes")
    await until(lambda: all_are_routed(redis, gateways), 30)  # the tests that follow share some of them
    await redis.aclose()
    assert all(one.connected for one in phones)
    await messages_converge(phones)


async def test_without_redis_the_sockets_of_one_gateway_go_on_and_the_others_converge_later(
    people: list[Person], gateway: GatewayOf, phone: PhoneOf
) -> None:
    """No relay here: what was missed is found by the gateway itself, once it is connected again."""
    ann, bob, cat, _ = people
    direct, group = await furnished(people)
    async with Proxy.before(settings.REDIS_URL) as proxy:
        cut_off = await gateway(REDIS_URL=redis_url(proxy.port))
        here = [await (await phone(person, cut_off).connect()).load() for person in (ann, bob, cat)]
        there = [await (await phone(person, 0).connect()).load() for person in (ann, bob, cat)]
        proxy.cut()
        for n in range(20):
            await here[0].say(f"here {n}", group)
            await there[0].say(f"there {n}", direct)
        await until(lambda: here[2].texts(group)[-20:] == [f"here {n}" for n in range(20)], 2)
        assert there[2].texts(group) == ["hello"]
        newcomer = await (await phone(bob, cut_off).connect()).load()  # one can still log in
        proxy.restore()
        await until(lambda: here[1].texts(direct)[-1:] == ["there 19"], 10)
        await here[0].say("together again", group)
        await messages_converge([*here, *there, newcomer])
