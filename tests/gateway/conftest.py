import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from imserver import database
from messaging import relay as sure_lane
from tests import make
from tests.gateway.raw import Raw
from tests.gateway.stage import Stage, django
from tests.make import Person
from tests.phone import Phone
from tests.processes import Gateway

Gateways = tuple[Gateway, Gateway]


@pytest.fixture(autouse=True)
async def _closed_connections() -> AsyncIterator[None]:
    """Those of the thread that async tests call Django in, and of the loop."""
    yield
    await database.close()
    await sync_to_async(connections.close_all)()


@pytest.fixture
def relay(gateways: Gateways) -> Iterator[None]:
    """The sure lane, as a worker runs it."""
    stopping = threading.Event()
    thread = threading.Thread(target=sure_lane.run, args=[stopping])
    thread.start()
    yield
    stopping.set()
    thread.join()


@pytest.fixture
async def people(gateways: Gateways) -> list[Person]:
    return await django(lambda: [make.person(name) for name in ("ann", "bob", "cat", "eve")])


@pytest.fixture
async def phone(gateways: Gateways) -> AsyncIterator[Callable[..., Phone]]:
    """phone(ann, gateway): a device that is closed when the test is over."""
    made: list[Phone] = []

    def get(person: Person, gateway: Gateway | int = 0) -> Phone:
        found = Phone(person, (gateways[gateway] if isinstance(gateway, int) else gateway).url)
        made.append(found)
        return found

    yield get
    for one in made:
        await one.close()


@pytest.fixture
async def stage(gateways: Gateways, people: list[Person]) -> AsyncIterator[Stage]:
    """Ann, Bob, Cat and Eve, each with devices on both gateways, and one that is away."""
    ready = await Stage(gateways, people).open()
    yield ready
    await ready.close()


@pytest.fixture
async def raw(gateways: Gateways) -> AsyncIterator[Callable[..., Awaitable[Raw]]]:
    """await raw(gateway, ann): a socket made by hand; with a person it is welcome already."""
    made: list[Raw] = []

    async def get(gateway: Gateway, person: Person | None = None, path: str = "/v1/ws", **headers: str) -> Raw:
        made.append(await Raw.open(gateway, path, **headers))
        if person:
            await made[-1].hello(person)
        return made[-1]

    yield get
    for one in made:
        await one.abort()


@pytest.fixture(scope="session")
def _strict(django_db_setup: None) -> Iterator[Gateway]:
    limits = {
        "SOCKETS_PER_USER": "3",
        "COMMANDS_PER_SECOND": "20",
        "COMMANDS_BURST": "40",
        "PING_S": "1",
        "GROUP_MARKS": "2",
    }
    gateway = Gateway(
        **{f"LIMIT_{name}": value for name, value in limits.items()}, ALLOWED_ORIGINS="https://app.example.com"
    )
    try:
        yield gateway.start()
    finally:
        gateway.stop()


@pytest.fixture
def strict(gateways: Gateways, _strict: Gateway) -> Iterator[Gateway]:
    """A gateway with low limits and a short patience."""
    _strict.news()
    yield _strict
    assert "Traceback" not in (news := _strict.news()), news


@pytest.fixture
async def gateway(gateways: Gateways) -> AsyncIterator[Callable[..., Any]]:
    """await gateway(NAME=value): a process that a test may break."""
    made: list[Gateway] = []

    async def start(**environment: str) -> Gateway:
        made.append(Gateway(**environment))
        return await sync_to_async(made[-1].start, thread_sensitive=False)()

    yield start
    for one in made:
        await sync_to_async(one.stop, thread_sensitive=False)()
