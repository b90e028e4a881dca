"""Five people with nine devices on two gateways: one world for each walk. At its end everybody must know everything."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from groups import actions as groups
from tests import make
from tests.gateway.stage import differences, django
from tests.groups.conftest import wishes
from tests.knowledge import Json, Refused
from tests.make import Person
from tests.walk.device import Device
from tests.walk.steps import Turn, take
from tests.walk.web import Web

NAMES = ("ann", "bob", "cat", "dan", "eve")
DELIVERED_SECONDS = 1.6
UNWATCHED = 3  # steps under way at once
Places = Sequence[tuple[str, Web]]  # of each gateway: where its sockets are, and its REST


class World:
    def __init__(self, places: Places):
        self.places = places
        self.newest: Counter[str] = Counter()
        self.numbers = itertools.count(1)
        self.links: list[tuple[str, str]] = []
        self.call = "00000000-0000-4000-8000-000000000000"
        self.caller: Person
        self.called: Person
        self.banned: list[tuple[str, str]] = []
        self.told: list[str] = []
        self.devices: list[Device] = []

    async def open(self) -> "World":
        await django(self._furnish)
        self.devices = [Device(person, self.places) for person in self.people]
        for device in self.devices:
            device.debts.clear()  # who is new has nothing to ask for
        await asyncio.gather(*(device.come(n % 2) for n, device in enumerate(self.devices)))
        await asyncio.gather(*(device.ready() for device in self.devices))
        twins = [self.devices[n].twin(owner) for n, owner in enumerate(self.seconds)]
        self.devices += twins
        await asyncio.gather(*(device.come((n + 1) % 2) for n, device in enumerate(twins)))
        await self.answer(
            self.people[0], "POST", f"/v1/groups/{self.club}/members", {"users": [str(self.people[2].id)]}
        )
        return self

    def _furnish(self) -> None:
        """Ann's club, with Bob and Dan; a bare group; two who talk already."""
        self.people = [make.person(name) for name in NAMES]
        self.seconds = [person.another_device() for person in self.people[:4]]
        ann, bob, cat, dan, _ = self.people
        self.caller, self.called = ann, bob
        for person in self.people:
            wishes(person, "all" if person in (bob, dan) else "nobody")
        wanted = groups.Wanted("Club", [bob.id, dan.id], {"takes_requests": True})
        club, _ = groups.create(user_id=ann.id, wanted=wanted, now=timezone.now())
        link = groups.make_link(user_id=ann.id, group_id=club, terms=groups.Terms(), now=timezone.now())
        self.club, self.direct = str(club), str(make.direct(ann, bob))
        self.bare = str(make.group(ann, cat, title="Bare"))
        self.groups = [self.club, self.bare]
        self.links.append((self.club, link.token))
        for place in (club, make.direct(ann, bob)):
            make.message(ann, place, "hello")
            self.newest[str(place)] = 1

    @property
    def known(self) -> list[str]:
        """In the order in which they were made."""
        return [*self.groups[:2], self.direct, *self.groups[2:]]

    def devices_of(self, person: Person) -> list[Device]:
        return [device for device in self.devices if device.person.id == person.id]

    async def replace(self, device: Device, place: int) -> None:
        await device.close()
        fresh = Device(device.person, self.places)
        self.devices[self.devices.index(device)] = fresh
        await fresh.come(place)

    # --- what is asked by REST ------------------------------------------------------------------

    async def answer(self, person: Person, method: str, path: str, body: Any = None) -> Json:
        """By either gateway in turn. Raises Refused."""
        _, web = self.places[next(self.numbers) % 2]
        status, found = await web.ask(person, method, path, body)
        assert status < 500, f"{method} {path} {body}: {status} {found}"
        if status >= 400:
            raise Refused(found)
        answer: Json = found
        return answer

    async def ask(self, person: Person, method: str, path: str, body: Any = None, place: str = "") -> str:
        found = await self.answer(person, method, path, body)
        if "seq" in found:
            self.newest[place] = max(self.newest[place], found["seq"])
        return "done"

    def sent(self, place: str, ok: Json) -> None:
        self.newest[place] = max(self.newest[place], ok["seq"])

    # --- the walk -------------------------------------------------------------------------------

    async def walk(self, steps: Sequence[tuple[str, int, int, int]]) -> None:
        """Every third step is not waited for."""
        under_way: set[asyncio.Task[None]] = set()
        for name, who, other, choice in steps:
            task = asyncio.create_task(self._step(name, Turn(self, who, other, choice)))
            under_way.add(task)
            if choice % 3 or len(under_way) > UNWATCHED:
                await asyncio.gather(*under_way)
                under_way.clear()
        await asyncio.gather(*under_way)

    async def _step(self, name: str, turn: Turn) -> None:
        said = await take(turn, name)
        self.told.append(f"{turn.me.username[:3]} {name} ({turn.other.username[:3]}): {said}")

    async def check(self, patience: float) -> list[str]:
        """What differs in the end, from what a new device of each person fetches."""
        for device in self.devices:
            device.awake = True
            if not device.connected:
                await device.come(next(self.numbers) % 2)
            await device.acknowledge()
        deadline = time.monotonic() + patience
        found = await self._quiet(deadline)
        while not found:
            found = await self._compared()
            if not found or time.monotonic() > deadline:
                break
            await asyncio.sleep(1)
            found = [] if time.monotonic() < deadline else found
        return found

    async def _quiet(self, deadline: float) -> list[str]:
        """Wait until nothing more comes: what was delivered is told within a second."""
        before, since = None, time.monotonic()
        while time.monotonic() - since < DELIVERED_SECONDS:
            heard = [(len(device.frames), len(device.seen), device.is_quiet) for device in self.devices]
            if heard != before or not all(device.is_quiet for device in self.devices):
                before, since = heard, time.monotonic()
            if since > deadline:
                return [
                    f"{device.person.username}, device {n}, waits for {device.waits_for()}"
                    for n, device in enumerate(self.devices)
                    if not device.is_quiet
                ]
            await asyncio.sleep(0.2)
        return []

    async def _compared(self) -> list[str]:
        fresh = await asyncio.gather(*(self.devices_of(person)[0].fresh(n % 2) for n, person in enumerate(self.people)))
        found = [flaw for device in fresh for flaw in device.flaws()]
        states = {device.me: device.state() for device in fresh}
        await asyncio.gather(*(device.close() for device in fresh))
        for n, device in enumerate(self.devices):
            differing = differences(device.state(), states[device.me])
            found += [f"{device.person.username}, device {n}: {one}" for one in differing]
        return found

    async def close(self) -> list[BaseException]:
        """What broke in devices."""
        closed = await asyncio.gather(*(device.close() for device in self.devices), return_exceptions=True)
        return [one for one in closed if isinstance(one, BaseException)]
