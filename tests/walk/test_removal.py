"""Who is taken out of a group that talks on two gateways learns nothing later; who comes back, nothing of meanwhile."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from tests import make
from tests.gateway.stage import django, rest, until
from tests.groups.conftest import wishes
from tests.make import Person
from tests.phone import Json, Phone, Refused
from tests.processes import Gateway
from tests.walk.device import Device
from tests.walk.web import ViewsHere
from tests.walk.world import Places

Gateways = tuple[Gateway, Gateway]
ROUNDS, ASKED_EACH = 66, 11  # with the last one of each guest 201 removals


class Recorder(Device):
    """It keeps every frame as it came, answers too."""

    def __init__(self, person: Person, places: Places):
        super().__init__(person, places)
        self.heard: list[Json] = []

    async def _take(self, frame: Json) -> None:
        self.heard.append(frame)
        await super()._take(frame)


class Scene:
    """A group of an owner, two talkers, and others with a device on each gateway who come and go."""

    def __init__(self, gateways: Gateways):
        self.gateways = gateways
        self.words = 0

    async def open(self) -> "Scene":
        await django(self._furnish)
        self.owner, *self.talkers = self.keepers
        self.writing = [Phone(person, self.gateways[i % 2].url) for i, person in enumerate(self.keepers)]
        places = [(gateway.url, ViewsHere(gateway.url)) for gateway in self.gateways]
        self.devices = {guest: [Recorder(owner, places) for owner in owners] for guest, owners in self.owners.items()}
        for phone in self.writing:
            await phone.connect()
        for pair in self.devices.values():
            for place, device in enumerate(pair):
                await device.come(place)
        return self

    def _furnish(self) -> None:
        self.keepers = [make.person(name) for name in ("ann", "bob", "cat")]
        self.guests = [make.person(f"guest{n}") for n in range(3)]
        self.owners = {guest: (guest, guest.another_device()) for guest in self.guests}
        for guest in self.guests:
            wishes(guest, "all")
        self.group = str(make.group(*self.keepers, *self.guests))
        make.message(self.keepers[0], UUID(self.group), "in the beginning")

    async def close(self) -> None:
        for phone in (*self.writing, *itertools.chain(*self.devices.values())):
            await phone.close()

    @asynccontextmanager
    async def chatter(self) -> AsyncIterator[None]:
        """Words, with names, edits and typing, on both gateways."""
        stopping = asyncio.Event()
        talking = [asyncio.create_task(self._talk(phone, stopping)) for phone in self.writing]
        try:
            yield
        finally:
            stopping.set()
            await asyncio.gather(*talking)

    async def _talk(self, phone: Phone, stopping: asyncio.Event) -> None:
        names = [str(guest.id) for guest in self.guests]
        while not stopping.is_set():
            ok = await phone.say(self._word(), self.group, mentions=names)
            await phone.tell("typing", {"conversation": self.group})
            path = f"/v1/conversations/{self.group}/messages/{ok['seq']}"
            status, _ = await rest(self.gateways[0], phone.person, "PATCH", path, {"content": {"text": self._word()}})
            assert status == 200

    def _word(self) -> str:
        self.words += 1
        return f"word-{self.words}-"

    async def more_words(self, count: int) -> None:
        said = self.words
        await until(lambda: self.words > said + count, 30)

    async def take_out(self, guest: Person) -> None:
        status, _ = await rest(self.gateways[1], self.owner, "DELETE", f"/v1/groups/{self.group}/members/{guest.id}")
        assert status == 204

    async def bring_in(self, guest: Person) -> None:
        path, users = f"/v1/groups/{self.group}/members", {"users": [str(guest.id)]}
        status, answer = await rest(self.gateways[0], self.owner, "POST", path, users)
        assert (status, answer["added"]) == (200, [str(guest.id)])

    async def everything(self) -> list[Json]:
        """The log as the owner has it."""
        found: list[Json] = []
        while True:
            page = await self.writing[0].call("pull", {"conversation": self.group, "after_rev": len(found)})
            found += page["items"]
            if len(found) == page["head"]:
                return found

    async def gets_nothing(self, guest: Person) -> None:
        """From the moment that the removal was answered."""
        place = {"conversation": self.group}
        for device in self.devices[guest]:
            asked: list[tuple[str, Json]] = [("pull", {"after_rev": 0}), ("pull", {"before_seq": 10_000}), ("pull", {})]
            for kind, data in (*asked, ("mark", {"read_seq": 1})):
                with pytest.raises(Refused, match="not_a_member"):
                    await device.call(kind, {**place, **data})
            with pytest.raises(Refused, match="not_a_member"):
                await device.say("let me in", self.group)
            told = await device.call("sync", {"heads": {self.group: [1, 1]}})
            assert told["left"] == [self.group]
            assert all(head["conversation"] != self.group for head in told["heads"])
        for path in ("", "/messages", "/messages/1", "/messages?after_seq=0", "/entries?after_rev=0", "/pins"):
            status, said = await rest(self.gateways[0], guest, "GET", f"/v1/conversations/{self.group}{path}")
            assert (status, said["code"]) == (404, "not_a_member"), path
        for path in (f"/v1/groups/{self.group}", f"/v1/groups/{self.group}/members"):
            assert (await rest(self.gateways[1], guest, "GET", path))[0] == 404
        assert (await rest(self.gateways[0], guest, "GET", "/v1/badge"))[1] == {"unread": 0}


@pytest.fixture
async def scene(gateways: Gateways) -> AsyncIterator[Scene]:
    found = await Scene(gateways).open()
    yield found
    await found.close()


def was_told(device: Recorder, what: str, times: int) -> Callable[[], bool]:
    """The log of one's own says so, by itself or in a page."""

    def claim() -> bool:
        items = [item for frame in device.heard for item in frame["data"].get("items", ())]
        return len({item["rev"] for item in items if item.get("kind") == what}) >= times

    return claim


async def comes_and_goes(scene: Scene, guest: Person) -> None:
    """Out, and in again; whoever is told of it goes on at once."""
    for number in range(1, ROUNDS + 1):
        await scene.take_out(guest)
        if number % ASKED_EACH == 1:
            await scene.gets_nothing(guest)
        for device in scene.devices[guest]:
            await until(was_told(device, "conversation.left", number))
            assert scene.group not in device.heads
        await scene.more_words(2)
        await scene.bring_in(guest)
        for device in scene.devices[guest]:
            await until(lambda device=device: device.heads.get(scene.group) and device.entries.get(scene.group))
    await scene.take_out(guest)


@pytest.mark.timeout(600)
async def test_removed_members_learn_nothing_later_and_come_back_to_nothing_of_meanwhile(scene: Scene) -> None:
    async with scene.chatter():
        await asyncio.gather(*(comes_and_goes(scene, guest) for guest in scene.guests))
        for guest in scene.guests:
            for device in scene.devices[guest]:
                await until(was_told(device, "conversation.left", ROUNDS + 1))
        heard = {device: len(device.heard) for devices in scene.devices.values() for device in devices}
        await scene.more_words(20)
    log = await scene.everything()
    for guest, devices in scene.devices.items():
        spans = membership(log, str(guest.id))
        assert len(spans) == ROUNDS + 1
        for device in devices:
            later = device.heard[heard[device] :]
            assert not [frame for frame in later if scene.group in json.dumps(frame)], "after conversation.left"
            learned_only(device, scene.group, log, spans)


def membership(log: list[Json], user: str) -> list[range]:
    """The revs that are this person's to see."""
    found, since = [], 1
    for item in log:
        if item["kind"] == "member.joined" and item["content"]["user"] == user:
            since = item["rev"]
        elif item["kind"] == "member.left" and item["content"]["user"] == user:
            found.append(range(since, item["rev"]))
    return found


def learned_only(device: Recorder, group: str, log: list[Json], spans: list[range]) -> None:
    frames = [frame["data"] for frame in device.heard if frame["data"].get("conversation") == group]
    revs = {item["rev"] for data in frames for item in data.get("items", ())}
    assert revs
    assert not [rev for rev in revs if not any(rev in span for span in spans)]
    for told in (frame["data"] for frame in device.heard if frame["type"] == "heads"):
        for head in told["heads"]:
            if head["conversation"] == group:
                assert head["from_rev"] + 1 in [span.start for span in spans]
    said = json.dumps(device.heard)
    secret = [item for item in log if "seq" in item and not any(item["rev"] in span for span in spans)]
    assert len(secret) > 10
    assert not [item["rev"] for item in secret if str(item["content"]["text"]) in said]
