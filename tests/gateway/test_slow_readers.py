"""A slow reader loses its socket, never a message; and it costs the others nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from uuid import uuid4

from tests import make
from tests.gateway.raw import TEXT, Raw, frame
from tests.gateway.stage import converged, django, until
from tests.make import Person
from tests.phone import Phone
from tests.processes import Gateway

MEGABYTE = 1 << 20
PhoneOf = Callable[..., Phone]
Open = Callable[..., Awaitable[Raw]]
Gateways = tuple[Gateway, Gateway]


async def flood(writer: Phone, conversation: str, count: int, size: int) -> None:
    for _ in range(0, count, 20):
        await asyncio.gather(*(writer.say("x" * size, conversation) for _ in range(20)))


async def test_a_client_that_acknowledges_nothing_is_closed_and_loses_nothing(
    people: list[Person], phone: PhoneOf
) -> None:
    ann, bob, cat, _ = people
    group = str(await django(make.group, ann, bob, cat))
    writer, slow, quick = phone(ann), phone(bob), phone(cat)
    slow.acking = False
    for device in (writer, slow, quick):
        await device.connect()
    for _ in range(400):  # one by one, since what is ready together leaves as one frame
        await writer.say("x", group)
    assert await slow.closed() == 4008
    assert len(slow.frames) <= 256
    slow.acking = True
    await slow.connect()
    await converged([writer, slow, quick])
    assert slow.revs(group) == list(range(2, 402))
    assert quick.close_code is None
    assert quick.pulls == 0


async def test_many_bytes_close_a_slow_reader_as_many_frames_do(people: list[Person], phone: PhoneOf) -> None:
    ann, bob, *_ = people
    writer, slow = await phone(ann).connect(), phone(bob, 1)
    slow.acking = False
    await slow.connect()
    place = (await writer.say("first", to_user=str(bob.id)))["conversation"]
    await flood(writer, place, 60, 7_000)
    assert await slow.closed() == 4008
    assert len(slow.frames) < 50
    slow.acking = True
    await slow.connect()
    await converged([writer, slow])


async def test_a_client_that_stops_reading_is_dropped_and_memory_stays_flat(
    gateways: Gateways, people: list[Person], phone: PhoneOf, raw: Open
) -> None:
    ann, bob, cat, _ = people
    group = str(await django(make.group, ann, bob, cat))
    writer, quick = await phone(ann).connect(), await phone(cat).connect()
    links = [await raw(gateways[0], bob) for _ in range(10)]
    await flood(writer, group, 40, 2_000)
    before = gateways[0].resident_bytes()
    await flood(writer, group, 1_000, 7_000)
    assert gateways[0].resident_bytes() - before < 24 * MEGABYTE  # 10 times 7 MB, had it all been kept
    await until(lambda: quick.cursors[group] == 1_041)
    assert quick.close_code is None
    for link in links:
        assert await link.close_code() in (0, 4008)


async def test_a_client_that_sends_and_reads_no_reply_is_not_read_any_further(
    gateways: Gateways, people: list[Person], phone: PhoneOf, raw: Open
) -> None:
    ann, bob, *_ = people
    other = await phone(ann).connect()
    link = await raw(gateways[0], bob)
    before = gateways[0].resident_bytes()
    refused = frame(TEXT, json.dumps({"type": "pull", "id": "x" * 60, "data": {"conversation": str(uuid4())}}).encode())

    async def send() -> None:
        while True:
            await link.send(refused * 100)

    sending = asyncio.create_task(send())
    done, _ = await asyncio.wait([sending], timeout=3)
    assert not done  # the network pushes back
    assert gateways[0].resident_bytes() - before < 16 * MEGABYTE
    assert (await asyncio.wait_for(other.say("unmoved", to_user=str(bob.id)), 5))["seq"] == 1
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_pages_larger_than_the_window_reach_a_device_that_reads(people: list[Person], phone: PhoneOf) -> None:
    """What a client asked for waits for its acknowledgements; several big pages at once do not close the socket."""
    ann, bob, *_ = people
    writer, reader = await phone(ann).connect(), phone(bob, 1)
    places = [(await writer.say("first", to_user=str(bob.id)))["conversation"]]
    places += [str(await django(make.group, ann, bob, title=f"{n}")) for n in range(3)]
    await (await reader.connect()).load()
    await reader.drop()
    for place in places:
        await flood(writer, place, 60, 7_000)
    await reader.connect()
    await reader.quiet(0.3)
    assert reader.close_code is None
    await converged([reader])
