"""Who comes in, for how long, and how a socket ends."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import websockets
from django.conf import settings
from django.utils import timezone

from accounts import tokens
from accounts.actions import end_devices
from accounts.models import Device, User
from tests.gateway.proxy import Proxy
from tests.gateway.stage import django, redis_url, rest, until
from tests.make import Person
from tests.phone import Phone, Refused
from tests.processes import Gateway

PhoneOf = Callable[..., Phone]
CHANGE_SECONDS = 3.0


def token(person: Person, *, seconds: float) -> str:
    """A token that the server takes for this long (it allows for 30 seconds of skew)."""
    issued = timezone.now() - settings.ACCESS_TOKEN_TTL - timedelta(seconds=30 - seconds)
    return tokens.mint(person.id, person.device, now=issued)


def end(person: Person) -> None:
    end_devices(devices=list(Device.objects.filter(pk=person.device)), now=timezone.now())


async def test_an_ended_device_is_closed_on_every_gateway(
    gateways: tuple[Gateway, Gateway], people: list[Person], phone: PhoneOf
) -> None:
    ann = people[0]
    other = await django(ann.another_device)
    tabs = [await phone(ann, i % 2).connect() for i in range(4)]
    kept = await phone(other, 1).connect()
    began = time.monotonic()
    await django(end, ann)
    assert [await tab.closed(CHANGE_SECONDS) for tab in tabs] == [4401] * 4
    assert time.monotonic() - began < CHANGE_SECONDS
    assert kept.connected
    with pytest.raises(Refused, match="not_authenticated") as refused:
        await tabs[0].connect()
    assert refused.value.error["retry"] == "reauth"
    assert await tabs[0].closed() == 4401
    status, problem = await rest(gateways[1], ann, "GET", "/v1/me")
    assert (status, problem["retry"]) == (401, "reauth")


async def test_one_device_ends_another_over_rest(
    gateways: tuple[Gateway, Gateway], people: list[Person], phone: PhoneOf
) -> None:
    ann, tablet = people[0], await django(people[0].another_device)
    lost, kept = await phone(ann, 0).connect(), await phone(tablet, 1).connect()
    began = time.monotonic()
    status, _ = await rest(gateways[1], tablet, "DELETE", f"/v1/me/devices/{ann.device}")
    assert status == 204
    assert await lost.closed(CHANGE_SECONDS) == 4401
    assert time.monotonic() - began < CHANGE_SECONDS
    await until(lambda: [frame["items"][-1]["kind"] for frame in kept.frames_of("entries")] == ["session.revoked"])
    assert kept.frames_of("entries")[-1]["items"][-1]["content"] == {"session": str(ann.device)}
    assert kept.connected


async def test_a_replaced_device_is_told_so(people: list[Person], phone: PhoneOf) -> None:
    lost = await phone(people[0]).connect()
    await django(
        lambda: end_devices(devices=list(Device.objects.filter(pk=people[0].device)), now=timezone.now(), code=4409)
    )
    assert await lost.closed(CHANGE_SECONDS) == 4409


async def test_an_ended_device_is_closed_while_redis_is_away(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    ann = people[0]
    async with Proxy.before(settings.REDIS_URL) as proxy:
        server = await gateway(REDIS_URL=redis_url(proxy.port))
        device = await phone(ann, server).connect()
        proxy.cut()
        await django(end, ann)
        assert await device.closed(CHANGE_SECONDS) == 4401


async def test_an_expired_token_closes_and_a_renewed_one_stays(people: list[Person], phone: PhoneOf) -> None:
    ann, bob, *_ = people
    stays, goes = phone(ann), phone(bob)
    await stays.connect(token=token(ann, seconds=4))
    await goes.connect(token=token(bob, seconds=4))
    await until(lambda: stays.frames_of("auth.expiring") and goes.frames_of("auth.expiring"))
    with pytest.raises(Refused, match="not_authenticated"):
        await goes.call("auth.refresh", {"token": ann.token})
    with pytest.raises(Refused, match="token_invalid"):
        await goes.call("auth.refresh", {"token": "nonsense"})
    assert await stays.call("auth.refresh", {"token": ann.token}) == {}
    assert await goes.closed(10) == 4401
    assert stays.connected
    for wrong, code in ((token(bob, seconds=-1), "token_expired"), ("x", "token_invalid"), ("", "token_invalid")):
        with pytest.raises(Refused, match=code):
            await goes.connect(token=wrong or "\u20ac")
        assert await goes.closed() == 4401


async def test_a_suspended_account_is_told_so(people: list[Person], phone: PhoneOf) -> None:
    await django(lambda: User.objects.filter(pk=people[0].id).update(is_active=False))
    device = phone(people[0])
    with pytest.raises(Refused, match="account_banned"):
        await device.connect()
    assert await device.closed() == 4403


async def test_one_person_has_so_many_sockets(strict: Gateway, people: list[Person], phone: PhoneOf) -> None:
    devices = [phone(people[0], strict) for _ in range(6)]
    answers = await asyncio.gather(*(device.connect() for device in devices), return_exceptions=True)
    refused = [device for device, answer in zip(devices, answers, strict=True) if isinstance(answer, Refused)]
    assert [await device.closed() for device in refused] == [4429] * 3
    assert sum(device.connected for device in devices) == 3
    await next(device for device in devices if device.connected).close()
    await until(lambda: connects(refused[0]))


async def connects(device: Phone) -> bool:
    try:
        await device.connect()
    except Refused:
        return False
    return True


# --- the door -----------------------------------------------------------------------------------


async def test_hello_comes_first_and_soon(people: list[Person], phone: PhoneOf) -> None:
    silent, hasty = phone(people[0]), phone(people[0])
    await silent.open()
    began = time.monotonic()
    await hasty.open()
    with pytest.raises(Refused, match="not_authenticated"):
        await hasty.call("pull", {})
    assert await hasty.closed() == 4400
    assert await silent.closed(13) == 4010
    assert time.monotonic() - began > 9


async def test_who_asks_before_the_welcome_is_told_to_wait(people: list[Person], phone: PhoneOf) -> None:
    device = phone(people[0])
    await device.open()
    hello, pull = await asyncio.gather(
        device.call("hello", {"token": people[0].token}), device.call("sync", {"heads": {}}), return_exceptions=True
    )
    assert isinstance(pull, Refused)
    assert (pull.code, pull.error["message"]) == ("too_early", "Wait for the welcome.")
    assert isinstance(hello, dict)
    with pytest.raises(Refused, match="unknown_type"):
        await device.call("hello", {"token": people[0].token})


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://app.example.com.evil.example"]
)
async def test_a_page_from_elsewhere_is_refused(
    strict: Gateway, people: list[Person], phone: PhoneOf, origin: str
) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await phone(people[0], strict).connect(origin=origin)
    assert refused.value.response.status_code == 403


async def test_our_own_page_and_those_that_the_operator_named_are_let_in(
    strict: Gateway, people: list[Person], phone: PhoneOf
) -> None:
    for origin in (strict.http, "https://app.example.com"):
        assert (await phone(people[0], strict).connect(origin=origin)).connected


async def test_another_version_of_the_protocol_is_closed(people: list[Person], phone: PhoneOf) -> None:
    old = phone(people[0])
    with pytest.raises(ConnectionError):
        await old.connect(subprotocols=["im.v0.json"])
    assert await old.closed() == 4410
    both = await phone(people[0]).connect(subprotocols=["im.v2.json", "im.v1.json"])
    none = await phone(people[0]).connect(subprotocols=None)
    assert both.connected
    assert none.connected


async def test_a_client_that_answers_no_ping_is_closed(strict: Gateway, people: list[Person], phone: PhoneOf) -> None:
    dead, alive = phone(people[0], strict), phone(people[1], strict)
    dead.acking = False
    await dead.connect()
    await alive.connect()
    assert await dead.closed(12) == 4010
    assert alive.connected
    assert len(alive.frames_of("ping")) > 3
