"""Frames that break the WebSocket protocol, or try to make the server swell."""

import asyncio
import contextlib
import json
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.gateway.raw import CONTINUATION, TEXT, Raw, frame
from tests.gateway.stage import until
from tests.make import Person
from tests.phone import Json, Phone
from tests.processes import Gateway

MEGABYTE = 1 << 20
Gateways = tuple[Gateway, Gateway]
Open = Callable[..., Awaitable[Raw]]


@pytest.fixture(autouse=True)
async def _unmoved(gateways: Gateways, people: list[Person], phone: Callable[..., Phone]) -> AsyncIterator[None]:
    """Beside all this somebody talks, and the server's memory stays what it was."""
    talker = await phone(people[0]).connect()
    place = (await talker.say("first", to_user=str(people[0].id)))["conversation"]
    before = gateways[0].resident_bytes()
    yield
    assert (await talker.say("last", place))["seq"] == 2
    assert talker.connected
    assert gateways[0].resident_bytes() - before < 24 * MEGABYTE


async def test_compression_is_not_agreed_to_and_a_bomb_is_a_protocol_error(
    gateways: Gateways, people: list[Person], raw: Open
) -> None:
    link = await raw(gateways[0], Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")
    assert "101 " in link.answer
    assert "sec-websocket-extensions" not in link.answer.lower()
    await link.hello(people[1])
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(squeeze.compress(bytes(MEGABYTE)) for _ in range(48)) + squeeze.flush()  # 48 KB hold 48 MB
    await link.send(frame(TEXT, bomb, rsv1=True))
    assert await link.close_code() == 1002


async def test_a_frame_above_64_kib_is_too_large(gateways: Gateways, people: list[Person], raw: Open) -> None:
    exact = await raw(gateways[0], people[1])
    await exact.send(frame(TEXT, b'{"type":"sync","id":2,"data":{"x":"' + b"x" * (65_536 - 38) + b'"}}'))
    assert json.loads((await exact.receive())[1])["type"] == "heads"
    await exact.send(frame(TEXT, b" " * 65_537))
    assert await exact.close_code() == 1009
    claims = await raw(gateways[0], people[1])
    await claims.send(frame(TEXT, b"x" * 65_537)[:14])  # announced, not even sent
    assert await claims.close_code() == 1009


async def test_a_message_in_pieces_is_one_message(gateways: Gateways, people: list[Person], raw: Open) -> None:
    link = await raw(gateways[0], people[1])
    await link.send(
        frame(TEXT, b'{"type":"sy', fin=False),
        frame(CONTINUATION, b'nc","id":2,"da', fin=False),
        frame(CONTINUATION, b'ta":{}}'),
    )
    assert json.loads((await link.receive())[1])["type"] == "heads"


@pytest.mark.parametrize("piece", [b"", b"x"])
async def test_a_message_in_100_000_pieces_harms_nobody(
    gateways: Gateways, people: list[Person], raw: Open, phone: Callable[..., Phone], piece: bytes
) -> None:
    link, other = await raw(gateways[0], people[1]), await phone(people[2]).connect()
    pieces = frame(CONTINUATION, piece, fin=False) * 1_000
    slowest = 0.0

    async def flood() -> None:
        with contextlib.suppress(ConnectionError):
            await link.send(frame(TEXT, b"{", fin=False))
            for _ in range(100):
                await link.send(pieces)
            await link.send(frame(CONTINUATION, b"}"))

    flooding = asyncio.create_task(flood())
    while not flooding.done():
        began = time.monotonic()
        await other.sync()
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 2
    if piece:
        assert await link.close_code() in (0, 1009)  # larger than 64 KiB in all
    else:
        while (answer := json.loads((await link.receive())[1]))["type"] == "ping":
            pass  # a busy machine takes longer than one interval
        assert answer["data"]["code"] == "bad_request"


@pytest.mark.parametrize(
    "nonsense", [b"\x83\x80\x00\x00\x00\x00", b"\x81\x02{}", b"\x80\x80\x00\x00\x00\x00", b"\xc1\xfe" + b"\xff" * 40]
)
async def test_broken_framing_is_a_protocol_error(
    gateways: Gateways, people: list[Person], raw: Open, nonsense: bytes
) -> None:
    link = await raw(gateways[0], people[1])
    await link.send(nonsense)
    assert await link.close_code() in (1002, 1009)


async def test_another_address_is_no_socket(gateways: Gateways, raw: Open) -> None:
    for path in ("/nope", "/v1/ws/", "/v1/ws2", "/"):
        assert "101 " not in (await raw(gateways[0], path=path)).answer


async def test_many_commands_at_once_lose_nothing(gateways: Gateways, people: list[Person], raw: Open) -> None:
    """Above 32 unanswered commands the socket is read no further; the rest waits in the network."""
    link = await raw(gateways[0], people[1])
    draft: Json = {"to_user": str(people[2].id), "kind": "text", "content": {"text": "x" * 200}}
    keys = [f"01900000-0000-4000-8000-{n:012}" for n in range(3_000)]
    frames = [
        frame(TEXT, json.dumps({"type": "message.send", "id": n, "data": {**draft, "key": key}}).encode())
        for n, key in enumerate(keys)
    ]
    answers: list[Json] = []

    async def read() -> None:
        while len(answers) < len(frames):
            said = json.loads((await link.receive())[1])
            answers.extend([said] if "id" in said else [])

    reading = asyncio.create_task(read())
    await link.send(*frames)
    await asyncio.wait_for(reading, 30)
    assert [said["data"] for said in answers if said["type"] != "ok"] == []
    assert sorted(said["data"]["seq"] for said in answers) == list(range(1, 3_001))


async def test_too_many_commands_a_second_are_told_to_wait_and_then_closed(
    strict: Gateway, people: list[Person], raw: Open
) -> None:
    link = await raw(strict, people[1])
    await link.send(*[frame(TEXT, b'{"type":"typing","data":{"conversation":"%b"}}' % str(people[0].id).encode())] * 80)
    said = json.loads((await link.receive())[1])["data"]
    assert (said["code"], said["retry"]) == ("rate_limited", "later")
    assert 0 < said["retry_after_ms"] <= 1_000
    await asyncio.sleep(said["retry_after_ms"] / 1000)
    await link.send(frame(TEXT, b'{"type":"sync","id":"now","data":{}}'))
    await until(lambda: heard(link, b'"id":"now"'))
    await link.send(*[frame(TEXT, b'{"type":"sync","data":{}}')] * 400)
    assert await link.close_code() == 4012


async def heard(link: Raw, words: bytes) -> bool:
    return words in (await link.receive())[1]
