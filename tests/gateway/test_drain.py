"""SIGTERM: everybody is sent elsewhere, and nothing that was acknowledged is missing."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import websockets
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction

from messaging.models import Conversation
from tests import make
from tests.gateway.proxy import Proxy
from tests.gateway.stage import converged, django, redis_url, rest, until
from tests.make import Person
from tests.messaging.race import wait_for_rival
from tests.phone import Phone
from tests.processes import Gateway, database_address, database_url

PhoneOf = Callable[..., Phone]


async def test_a_gateway_that_is_told_to_end_sends_its_clients_elsewhere(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf, gateways: tuple[Gateway, Gateway], relay: None
) -> None:
    ann, bob, *_ = people
    direct = await django(make.direct, ann, bob)
    await django(make.message, ann, direct)
    place = str(direct)
    leaving: Gateway = await gateway(DRAIN_SECONDS="2")
    writer, reader = phone(ann, leaving), phone(bob)
    for device in (writer, reader):
        await (await device.connect()).load()
    acknowledged: list[int] = []
    enough = asyncio.Event()

    async def write() -> None:
        """Dials the other gateway once closed, and repeats what was not acknowledged, with its key."""
        while not enough.is_set():
            n = len(acknowledged)
            draft = {"key": f"01900000-0000-4000-8000-{n:012}", "kind": "text", "content": {"text": f"{n}"}}
            try:
                ok = await writer.call("message.send", {"conversation": place, **draft})
            except ConnectionError:
                await writer.connect(gateways[0].url)
            else:
                acknowledged.append(ok["seq"])

    writing = asyncio.create_task(write())
    await until(lambda: len(acknowledged) > 20)
    began = time.monotonic()
    ending = asyncio.create_task(sync_to_async(leaving.stop, thread_sensitive=False)())
    await until(lambda: writer.frames_of("goaway"))
    assert 0 <= writer.frames_of("goaway")[0]["retry_after_ms"] <= 2_000
    with pytest.raises((websockets.InvalidStatus, OSError)):
        await phone(bob, leaving).connect()
    assert await ending == 0
    assert time.monotonic() - began < 10
    before = len(acknowledged)
    await until(lambda: len(acknowledged) > before + 20)
    enough.set()
    await writing
    assert acknowledged == list(range(2, len(acknowledged) + 2))
    await converged([writer, reader])
    assert reader.texts(place)[1:] == [f"{n}" for n in range(len(acknowledged))]


async def test_who_stays_until_the_end_is_closed_with_4001(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    leaving: Gateway = await gateway()
    device = await phone(people[0], leaving).connect()
    silent = phone(people[1], leaving)
    await silent.open()
    code = await sync_to_async(leaving.stop, thread_sensitive=False)()
    assert (code, await device.closed(), await silent.closed()) == (0, 4001, 4001)


async def test_a_gateway_that_nobody_answers_any_more_ends_nevertheless(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    ann, bob, *_ = people
    direct = str(await django(make.direct, ann, bob))
    async with Proxy(*database_address()) as database, Proxy.before(settings.REDIS_URL) as bus:
        leaving: Gateway = await gateway(DATABASE_URL=database_url(database.port), REDIS_URL=redis_url(bus.port))
        for person in (ann, bob):
            device = await phone(person, leaving).connect()
            await device.say("What it still has to write when it ends", direct)
        database.hush()
        bus.hush()
        waiting = asyncio.create_task(rest(leaving, ann, "GET", f"/v1/conversations/{direct}"))
        await asyncio.sleep(0.2)
        assert await sync_to_async(leaving.stop, thread_sensitive=False)() == 0
        assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], Exception)


async def test_a_request_that_is_under_way_is_answered(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    ann, bob, *_ = people
    direct = await django(make.direct, ann, bob)
    leaving: Gateway = await gateway(DRAIN_SECONDS="10")
    held, waited_for, enough = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=direct)
            held.set()
            wait_for_rival()
            waited_for.set()
            enough.wait(20)

    holding = asyncio.create_task(sync_to_async(hold, thread_sensitive=False)())
    await until(held.is_set)
    said = {"key": str(uuid4()), "kind": "text", "content": {"text": "x"}}
    saying = asyncio.create_task(rest(leaving, ann, "POST", f"/v1/conversations/{direct}/messages", said))
    await until(waited_for.is_set)
    ending = asyncio.create_task(sync_to_async(leaving.stop, thread_sensitive=False)())
    await asyncio.sleep(0.5)
    assert not saying.done()
    enough.set()
    await holding
    assert (await saying)[0] == 201
    assert await ending == 0
