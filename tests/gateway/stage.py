"""Four people with their devices on two gateways, and the question whether everybody sees the same."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from asgiref.sync import sync_to_async
from django.conf import settings

from messaging import rules
from tests import make
from tests.make import Person
from tests.phone import Json, Phone
from tests.processes import Gateway

Result = TypeVar("Result")


async def django(function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Call what uses Django's database connection."""
    found: Result = await sync_to_async(function)(*args, **kwargs)
    return found


def redis_url(port: int) -> str:
    """The Redis of this run, at the port of a proxy."""
    place = urlsplit(settings.REDIS_URL)
    return place._replace(
        netloc=f":{place.password}@127.0.0.1:{port}" if place.password else f"127.0.0.1:{port}"
    ).geturl()


async def until(claim: Callable[[], Any], seconds: float = 10) -> None:
    """Wait for something to become true; the claim may be a coroutine function."""
    deadline = time.monotonic() + seconds
    while not (await found if isinstance(found := claim(), Awaitable) else found):
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        await asyncio.sleep(0.05)


async def rest(gateway: Gateway, person: Person, method: str, path: str, body: Any = None) -> tuple[int, Json]:
    """The status and the JSON of an answer; `body` is an object, or bytes as they are."""
    headers = {"authorization": f"Bearer {person.token}", "content-type": "application/json"}
    async with httpx2.AsyncClient(base_url=gateway.http, headers=headers, timeout=30, trust_env=False) as client:
        how = {"content": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
        answer = await client.request(method, path, **how)
        return answer.status_code, answer.json() if answer.content else {}


async def converged(phones: Sequence[Phone], seconds: float = 10) -> None:
    """Wait until every device shows what a new one of its person would fetch."""
    deadline = time.monotonic() + seconds
    while True:
        found = {phone.me: phone for phone in phones}
        fetched = dict(zip(found, await asyncio.gather(*(one.fetch() for one in found.values())), strict=True))
        differing = [found for phone in phones if (found := differences(phone.state(), fetched[phone.me]))]
        if not differing:
            return
        assert time.monotonic() < deadline, differing
        await asyncio.sleep(0.2)


def differences(one: Json, other: Json) -> list[str]:
    """What is held here and not there, readable."""
    pairs = [(cid, one.get(cid, {}), other.get(cid, {})) for cid in one.keys() | other.keys()]
    return [
        f"{cid} {name}: {a.get(name)} is not {b.get(name)}"
        for cid, a, b in pairs
        for name in a.keys() | b.keys()
        if a.get(name) != b.get(name)
    ]


class Stage:
    """`direct` is of Ann and Bob, `group` of Ann (owner), Bob and Cat; Eve knows nobody. Each has 3 messages."""

    def __init__(self, gateways: tuple[Gateway, Gateway], people: Sequence[Person]):
        self.gateways = gateways
        self.ann, self.bob, self.cat, self.eve = self.people = people
        self.devices: list[Phone] = []
        self.away: list[Phone] = []

    async def open(self) -> "Stage":
        await django(self._furnish)
        self.devices = [Phone(person, gateway.url) for person in self.people for gateway in self.gateways]
        self.away = [Phone(person, self.gateways[i % 2].url) for i, person in enumerate(self.people)]
        for phone in (*self.devices, *self.away):
            await (await phone.connect()).load()
        await self.converge()
        for phone in self.away:
            await phone.drop()
        return self

    def _furnish(self) -> None:
        self.direct, self.group = make.direct(self.ann, self.bob), make.group(self.ann, self.bob, self.cat)
        self.notes = make.direct(self.ann, self.ann)
        for n in range(3):
            for place in (self.direct, self.group, self.notes):
                make.message(self.ann, place, f"message {n}")

    def of(self, person: Person, gateway: int = 0) -> Phone:
        return self.devices[self.people.index(person) * 2 + gateway]

    def states(self) -> list[Json]:
        return [phone.state() for phone in self.devices]

    async def converge(self) -> None:
        await converged(self.devices)

    async def settled(self) -> None:
        """Wait until it is known of the direct messages that they were delivered, and nothing more will come."""
        talkers = self.devices[:4]
        await until(lambda: all(phone.heads[str(self.direct)]["peer_delivered"] == 3 for phone in talkers))
        await self.converge()

    async def check(self) -> None:
        """Old state + live events = fresh fetch, also for a device that was away."""
        await self.converge()
        for phone in self.away:
            if not phone.connected:
                await (await phone.connect()).load()
        await converged([*self.devices, *self.away])

    async def close(self) -> None:
        for phone in (*self.devices, *self.away):
            await phone.close()

    def pair(self, one: Person, other: Person) -> UUID:
        return rules.pair(one.id, other.id)
