"""People at work: they write by socket and by REST, edit, recall and read; a key is sent until it has its answer."""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from django.db import DatabaseError, connection

from imserver.ids import uuid7
from tests import make
from tests.faults.check import Sent, Told
from tests.faults.device import BROKEN, Device, Refused
from tests.faults.house import House
from tests.faults.ledger import Ledger
from tests.make import Person

FAILED = (*BROKEN, httpx2.HTTPError)
LONGEST_PAUSE = 2.0
LOOPS = 2  # messages that a person has under way
FOUNDING_SECONDS, GROUP_MEMBERS = 4.0, 6
AGAIN = 0.02  # of the answered messages are sent once more later, as by a device that lost the answer
CHANGED, MARKED = 0.06, 0.2


@dataclass
class Human:
    person: Person
    devices: list[Device]
    late: list[Device]  # bought when all is over: one reads histories, one pulls everything
    conversations: list[str]
    weights: list[float]
    by_rest: float  # share of the messages


class Crowd:
    def __init__(self, house: House, ledger: Ledger, rng: random.Random, rate: float):
        self.ledger, self._house, self._rng, self._rate = ledger, house, rng, rate
        self.humans: list[Human] = []
        self.working = asyncio.Event()
        self.working.set()
        self.ended = False
        self._client = httpx2.AsyncClient(timeout=8)
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self, human: Human) -> None:
        """One message after the other, until all is over. Never gives one up."""
        pause = len(self.humans) * LOOPS / self._rate
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / pause))
            await self.working.wait()
            if self.ended:
                return
            self.ledger.open += 1
            await self._do_something(human)
            self.ledger.open -= 1

    async def _do_something(self, human: Human) -> None:
        conversation = self._rng.choices(human.conversations, human.weights)[0]
        sent = await self.write(human, conversation)
        if self._rng.random() < AGAIN:
            self._later(human, sent)
        if self._rng.random() < CHANGED:
            await self._change(human, sent)
        if self._rng.random() < MARKED:
            await self._read(human, conversation)

    async def found_groups(self) -> None:
        """Groups come into being under fire too: all devices of their members have to learn of them, and listen."""
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / FOUNDING_SECONDS))
            await self.working.wait()
            if self.ended:
                return
            self.ledger.open += 1
            members = self._rng.sample(self.humans, GROUP_MEMBERS)
            group = await self._founded(members)
            for human in members:
                human.conversations.append(group)
                human.weights.append(1.0)
            self.ledger.open -= 1

    async def _founded(self, members: list[Human]) -> str:
        while True:
            try:
                return await asyncio.to_thread(_found, [human.person for human in members])
            except DatabaseError:  # perhaps it was made: then its members have two
                await asyncio.sleep(0.5)

    async def write(self, human: Human, conversation: str) -> Sent:
        text = f"{human.person.username} {next(self._numbers)}"
        sent = Sent(str(uuid7()), conversation, str(human.person.id), text, self._now())
        self.ledger.sent[sent.key] = sent
        await self._deliver(human, sent)
        return sent

    async def _deliver(self, human: Human, sent: Sent) -> None:
        """Until there is an answer, by whatever door."""
        for attempt in itertools.count():
            rest = self._rng.random() < (human.by_rest if attempt == 0 else 0.3)
            try:
                await (self._by_rest(human, sent) if rest else self._by_socket(human, sent))
            except Refused as e:
                sent.refused = e.code if e.retry == "no" else ""
                if sent.refused:
                    self._noted("refuse", sent, "", "")
            except FAILED as e:
                self._house.note(f"no answer: {'REST' if rest else 'socket'}, {e!r}, {sent}")
            if sent.told or sent.refused:
                break
            self.ledger.retries += 1
            await asyncio.sleep(min(0.05 * 2**attempt, LONGEST_PAUSE) * self._rng.random())

    def _told(self, sent: Sent, answer: dict[str, Any], place: str) -> None:
        told = Told(answer["rev"], answer["seq"], answer["created_at"], answer["duplicate"], self._now())
        if answer["conversation"] != sent.conversation:
            sent.refused = f"told another conversation: {answer}"
        sent.told.append(told)
        self.ledger.duplicates += told.duplicate
        self.ledger.heard[place] = told.at

    async def _by_socket(self, human: Human, sent: Sent) -> None:
        device = self._rng.choice(human.devices)
        async with asyncio.timeout(5):
            await device.ready.wait()
        place = device.place
        self._noted("send", sent, device.name, place)
        self._told(sent, await device.call("message.send", {"conversation": sent.conversation, **_draft(sent)}), place)

    async def _by_rest(self, human: Human, sent: Sent) -> None:
        place = self._rng.choice(list(self._house.ports))
        path = f"{sent.conversation}/messages"
        self._noted("send", sent, "REST", place)
        answer = await self._request(human, place, "POST", path, _draft(sent))
        self._noted("ack", sent, "REST", place, rev=answer["rev"])
        self._told(sent, answer, place)

    def _noted(self, what: str, sent: Sent, device: str, place: str, **more: Any) -> None:
        said = {"conversation": sent.conversation, "value": sent.key, **more}
        self.ledger.note(what, sent.sender, device, place, **said)

    async def _request(self, human: Human, place: str, method: str, path: str, body: Any) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self._house.ports[place]}/v1/conversations/{path}"
        headers = {"Authorization": f"Bearer {human.person.token}"}
        answer = await self._client.request(method, url, json=body, headers=headers)
        if answer.status_code >= 500:
            raise ConnectionError(f"{answer.status_code}")
        found: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            raise Refused(found)
        return found

    # --- what else people do ------------------------------------------------------------------------

    def _later(self, human: Human, sent: Sent) -> None:
        async def again() -> None:
            await asyncio.sleep(self._rng.random() * 5)
            await self._deliver(human, sent)

        task = asyncio.get_running_loop().create_task(again())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _change(self, human: Human, sent: Sent) -> None:
        """Edit or recall. Tried again, which must do no harm; that it is refused when done already is fine."""
        if not sent.told:
            return
        edited = self._rng.random() < 0.6
        text = f"{sent.text}, edited" if edited else None
        sent.texts.add(text)
        method, body = ("PATCH", {"content": {"text": text}}) if edited else ("DELETE", None)
        path = f"{sent.conversation}/messages/{sent.told[0].seq}"
        await self._stubbornly(lambda place: self._request(human, place, method, path, body))

    async def _stubbornly(self, job: Callable[[str], Awaitable[object]]) -> None:
        for attempt in itertools.count():
            try:
                await job(self._rng.choice(list(self._house.ports)))
            except Refused as e:
                if e.retry == "no":
                    return
            except FAILED:
                pass
            else:
                return
            await asyncio.sleep(min(0.05 * 2**attempt, LONGEST_PAUSE) * self._rng.random())

    async def _read(self, human: Human, conversation: str) -> None:
        device = self._rng.choice(human.devices)
        read = max(device.memory.messages.get(conversation, {}), default=0)
        try:
            found = await device.call("mark", {"conversation": conversation, "read_seq": read})
        except (Refused, *BROKEN):
            return
        place = (conversation, str(human.person.id))
        self.ledger.read[place] = max(self.ledger.read[place], min(read, found["read_seq"]))

    async def at_rest(self) -> None:
        """Nobody begins anything; returns once everything begun has its answer."""
        self.working.clear()
        while self.ledger.open or self._tasks:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    async def end(self) -> None:
        self.ended = True
        self.working.set()
        await self._client.aclose()

    def _now(self) -> float:
        return time.monotonic()


def _found(people: list[Person]) -> str:
    try:
        return str(make.group(*people, title="Founded under fire"))
    finally:
        connection.close()


def _draft(sent: Sent) -> dict[str, Any]:
    return {"key": sent.key, "kind": "text", "content": {"text": sent.text}}
