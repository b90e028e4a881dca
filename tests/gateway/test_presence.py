"""Who is seen coming and going, by whom, and how late."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Device, User
from friends import actions
from tests.friends.conftest import befriend
from tests.gateway.proxy import Proxy
from tests.gateway.stage import django, redis_url, rest, until
from tests.make import Person
from tests.phone import Json, Phone, Refused
from tests.processes import Gateway

Connect = Callable[..., Awaitable[Phone]]
PhoneOf = Callable[..., Phone]
GRACE = 2


@pytest.fixture
async def people(people: list[Person]) -> list[Person]:
    """As where only friends write to each other: they alone see each other."""
    await django(User.objects.update, presence="friends")
    return people


@pytest.fixture
async def pair(gateway: Callable[..., Any]) -> tuple[Gateway, Gateway]:
    """Two gateways with less patience than a real one."""
    found = [await gateway(LIMIT_PRESENCE_GRACE_S=str(GRACE)) for _ in range(2)]
    return found[0], found[1]


@pytest.fixture
async def on(pair: tuple[Gateway, Gateway]) -> AsyncIterator[Connect]:
    """await on(ann, 1): a device of hers on the second gateway."""
    made: list[Phone] = []

    async def connect(person: Person, gateway: int = 0) -> Phone:
        made.append(Phone(person, pair[gateway].url))
        return await made[-1].connect()

    yield connect
    for phone in made:
        await phone.close()


def seen(phone: Phone, person: Person) -> list[Json]:
    """What the phone was told of a person, in order."""
    items = [item for frame in phone.frames_of("presence") for item in frame["items"]]
    return [item for item in items if item["user"] == str(person.id)]


def states(phone: Phone, person: Person) -> list[bool]:
    return [item["online"] for item in seen(phone, person)]


async def watch(phone: Phone, *people: Person) -> None:
    before = len(phone.frames_of("presence"))
    await phone.call("presence.watch", {"users": [str(person.id) for person in people]})
    await until(lambda: len(phone.frames_of("presence")) > before)


async def test_a_friend_is_seen_coming_and_going_on_either_gateway(people: list[Person], on: Connect) -> None:
    ann, bob, *_ = people
    await django(befriend, ann, bob)
    watchers = await on(ann), await on(ann, 1)
    for phone in watchers:
        await watch(phone, bob)
        assert seen(phone, bob) == [{"user": str(bob.id), "online": False}]
    telephone = await on(bob)
    for phone in watchers:
        await until(lambda phone=phone: states(phone, bob) == [False, True])
    left_at = timezone.now()
    await telephone.close()
    for phone in watchers:
        await until(lambda phone=phone: states(phone, bob) == [False, True, False], GRACE + 10)
        said = datetime.fromisoformat(seen(phone, bob)[-1]["last_seen_at"])
        assert abs(said - left_at) < timedelta(seconds=2)
    assert timezone.now() - left_at > timedelta(seconds=GRACE)


async def test_who_is_back_in_time_was_never_away(people: list[Person], on: Connect) -> None:
    ann, bob, *_ = people
    await django(befriend, ann, bob)
    watcher = await on(ann)
    await watch(watcher, bob)
    for gateway in (0, 1, 0):
        await (await on(bob, gateway)).close()
    telephone = await on(bob, 1)
    await until(lambda: states(watcher, bob) == [False, True])
    await (await on(bob)).close()  # a second device: the first one is still there
    await watcher.quiet(GRACE + 1.5)
    assert states(watcher, bob) == [False, True]
    await telephone.close()
    await until(lambda: states(watcher, bob) == [False, True, False], GRACE + 10)


async def test_who_begins_to_watch_within_the_grace_sees_what_all_see(people: list[Person], on: Connect) -> None:
    ann, bob, *_ = people
    await django(befriend, ann, bob)
    await (await on(bob)).close()

    async def noted() -> bool:
        return await django(lambda: User.objects.get(pk=bob.id).last_seen_at) is not None

    await until(noted)
    watcher = await on(ann, 1)
    await watch(watcher, bob)
    assert states(watcher, bob) == [True]
    await until(lambda: states(watcher, bob) == [True, False], GRACE + 10)


async def test_only_who_may_sees_it(people: list[Person], on: Connect) -> None:
    ann, bob, cat, eve = people
    await django(befriend, ann, bob)
    await django(accounts.update_privacy, user_id=cat.id, changes={"presence": "all"})
    telephones = [await on(person) for person in (bob, cat)]
    watcher, stranger = await on(ann), await on(eve, 1)
    for phone in (watcher, stranger):
        await watch(phone, bob, cat, eve)
    assert [states(watcher, person) for person in (bob, cat, eve)] == [[True], [True], [False]]
    hidden = {"user": str(bob.id), "online": False}
    assert seen(stranger, bob) == [hidden]
    assert states(stranger, eve) == [True], "oneself"
    await django(accounts.update_privacy, user_id=bob.id, changes={"presence": "nobody"})
    await until(lambda: states(watcher, bob) == [True, False])
    assert seen(watcher, bob)[-1] == hidden
    await telephones[0].close()
    await django(accounts.update_privacy, user_id=bob.id, changes={"presence": "all"})
    await until(lambda: "last_seen_at" in seen(stranger, bob)[-1], GRACE + 10)


async def test_the_blocked_sees_a_stranger(people: list[Person], on: Connect) -> None:
    ann, bob, *_ = people
    await django(befriend, ann, bob)
    of_ann, of_bob = await on(ann), await on(bob, 1)
    await watch(of_ann, bob)
    await watch(of_bob, ann)
    await django(actions.block, user_id=ann.id, other_id=bob.id, now=timezone.now())
    await until(lambda: states(of_bob, ann) == [True, False])
    assert seen(of_bob, ann)[-1] == {"user": str(ann.id), "online": False}
    assert states(of_ann, bob) == [True], "who blocks sees what he saw"
    await django(actions.unblock, user_id=ann.id, other_id=bob.id)
    await until(lambda: states(of_bob, ann) == [True, False, True])
    await django(actions.remove, user_id=bob.id, friend_id=ann.id)
    await until(lambda: (states(of_bob, ann)[-1], states(of_ann, bob)) == (False, [True, False]))


async def test_a_list_replaces_the_one_before_it(people: list[Person], on: Connect) -> None:
    ann, bob, cat, _ = people
    for friend in (bob, cat):
        await django(befriend, ann, friend)
    watcher = await on(ann)
    await watch(watcher, bob)
    await watch(watcher, cat)
    for person in (bob, cat):
        await on(person)
    await until(lambda: states(watcher, cat) == [False, True])
    await watcher.quiet()
    assert states(watcher, bob) == [False]
    await watcher.call("presence.watch", {"users": []})
    many = [str(ann.device)[:-4] + f"{n:04}" for n in range(201)]
    with pytest.raises(Refused, match="too_many_watched"):
        await watcher.call("presence.watch", {"users": many})
    with pytest.raises(Refused, match="bad_request"):
        await watcher.call("presence.watch", {"users": ["somebody"]})


async def test_people_of_a_gateway_that_was_killed_go(
    people: list[Person], on: Connect, pair: tuple[Gateway, Gateway]
) -> None:
    """Nobody says goodbye for them; the next round finds that their gateway does not listen any more."""
    ann, bob, *_ = people
    await django(befriend, ann, bob)
    await on(bob, 1)
    watcher = await on(ann)
    await watch(watcher, bob)
    assert states(watcher, bob) == [True]
    os.kill(pair[1].pid, signal.SIGKILL)
    await until(lambda: states(watcher, bob) == [True, False], 31 + GRACE + 10)


async def test_the_list_of_devices_knows_when_each_was_here(
    people: list[Person], on: Connect, pair: tuple[Gateway, Gateway]
) -> None:
    ann, *_ = people
    yesterday = timezone.now() - timedelta(days=1)
    await django(Device.objects.filter(pk=ann.device).update, last_seen_at=yesterday)
    await (await on(ann)).close()

    async def noted() -> bool:
        _, found = await rest(pair[0], ann, "GET", "/v1/me/devices")
        return timezone.now() - datetime.fromisoformat(found["items"][0]["last_seen_at"]) < timedelta(minutes=1)

    await until(noted)


async def test_it_goes_on_when_redis_is_back(people: list[Person], gateway: Callable[..., Any], phone: PhoneOf) -> None:
    ann, bob, *_ = people
    await django(befriend, ann, bob)
    async with Proxy.before(settings.REDIS_URL) as proxy:
        server = await gateway(LIMIT_PRESENCE_GRACE_S=str(GRACE), REDIS_URL=redis_url(proxy.port))
        watcher, telephone = phone(ann, server), phone(bob, server)
        await watcher.connect()
        proxy.cut()
        await watcher.call("presence.watch", {"users": [str(bob.id)]})
        await telephone.connect()
        await asyncio.sleep(1)
        assert states(watcher, bob) == []
        proxy.restore()
        await until(lambda: states(watcher, bob) == [True], 12)


async def test_what_was_not_heard_while_redis_was_away_is_looked_at_once_it_is_back(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    ann, bob, *_ = people
    await django(befriend, ann, bob)
    async with Proxy.before(settings.REDIS_URL) as proxy:
        server = await gateway(REDIS_URL=redis_url(proxy.port))
        watcher = phone(ann, server)
        for device in (phone(bob, server), watcher):
            await device.connect()
        await watch(watcher, bob)
        proxy.cut()
        await django(accounts.update_privacy, user_id=bob.id, changes={"presence": "nobody"})
        proxy.restore()
        await until(lambda: states(watcher, bob) == [True, False], 8)  # the next round comes after 15 s
