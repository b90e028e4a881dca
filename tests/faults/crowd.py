"""People at work: they write by socket and by REST, edit, recall and read; a key is sent until it has its answer."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from imserver.ids import uuid7
from tests.faults.check import Sent, Told
from tests.faults.device import BROKEN, Device, Refused
from tests.make import Person

FAILED = (*BROKEN, httpx2.HTTPError)
LONGEST_PAUSE = 2.0
AGAIN = 0.02  # of the answered messages are sent once more later, as by a device that lost the answer
CHANGED = 0.06


@dataclass
class Human:
    person: Person
    devices: list[Device]
    conversations: list[str]
    weights: list[float]
    by_rest: float  # share of the messages


@dataclass
class Ledger:
    """What everybody sent, and what they were told."""

    sent: dict[str, Sent] = field(default_factory=dict)
    read: Counter[tuple[str, str]] = field(default_factory=Counter)  # (conversation, user): acknowledged read mark
    heard: dict[str, float] = field(default_factory=dict)  # when each gateway last acknowledged
    duplicates: int = 0
    retries: int = 0
    open: int = 0

    def text_of(self, key: str) -> set[str | None]:
        one = self.sent.get(key)
        return {one.text, *one.texts} if one else set()


class Crowd:
    def __init__(self, ledger: Ledger, http: dict[str, str], rng: random.Random, rate: float):
        self.ledger, self._http, self._rng, self._rate = ledger, http, rng, rate
        self.humans: list[Human] = []
        self.working = asyncio.Event()
        self.working.set()
        self.ended = False
        self._client = httpx2.AsyncClient(timeout=8)
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self, human: Human) -> None:
        """One message after the other, until all is over. Never gives one up."""
        pause = len(self.humans) * 2 / self._rate
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / pause))
            await self.working.wait()
            if self.ended:
                return
            conversation = self._rng.choices(human.conversations, human.weights)[0]
            sent = await self.write(human, conversation)
            if self._rng.random() < AGAIN:
                self._later(human, sent)
            if self._rng.random() < CHANGED:
                await self._change(human, sent)
            if self._rng.random() < 0.2:
                await self._read(human, conversation)

    async def write(self, human: Human, conversation: str) -> Sent:
        text = f"{human.person.username} {next(self._numbers)}"
        sent = Sent(str(uuid7()), conversation, str(human.person.id), text, self._now())
        self.ledger.sent[sent.key] = sent
        await self._deliver(human, sent)
        return sent

    async def _deliver(self, human: Human, sent: Sent) -> None:
        self.ledger.open += 1
        for attempt in itertools.count():
            rest = self._rng.random() < (human.by_rest if attempt == 0 else 0.3)
            try:
                answer, place = await (self._by_rest(human, sent) if rest else self._by_socket(human, sent))
            except Refused as e:
                if e.retry == "no":
                    sent.refused = e.code
                    break
            except FAILED:
                pass
            else:
                self._told(sent, answer, place)
                break
            self.ledger.retries += 1
            await asyncio.sleep(min(0.05 * 2**attempt, LONGEST_PAUSE) * self._rng.random())
        self.ledger.open -= 1

    def _told(self, sent: Sent, answer: dict[str, Any], place: str) -> None:
        told = Told(answer["rev"], answer["seq"], answer["created_at"], answer["duplicate"], self._now())
        if answer["conversation"] != sent.conversation:
            sent.refused = f"told another conversation: {answer}"
        sent.told.append(told)
        self.ledger.duplicates += told.duplicate
        self.ledger.heard[place] = told.at

    async def _by_socket(self, human: Human, sent: Sent) -> tuple[dict[str, Any], str]:
        device = self._rng.choice(human.devices)
        async with asyncio.timeout(5):
            await device.ready.wait()
        place = device.place
        return await device.call("message.send", {"conversation": sent.conversation, **_draft(sent)}), place

    async def _by_rest(self, human: Human, sent: Sent) -> tuple[dict[str, Any], str]:
        place = self._rng.choice(list(self._http))
        return await self._request(human, place, "POST", f"{sent.conversation}/messages", _draft(sent)), place

    async def _request(self, human: Human, place: str, method: str, path: str, body: Any) -> dict[str, Any]:
        url = f"{self._http[place]}/v1/conversations/{path}"
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
                await job(self._rng.choice(list(self._http)))
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
        read = max(device.messages.get(conversation, {}), default=0)
        try:
            found = await device.call("mark", {"conversation": conversation, "read_seq": read})
        except (Refused, *BROKEN):
            return
        place = (conversation, str(human.person.id))
        self.ledger.read[place] = max(self.ledger.read[place], min(read, found["read_seq"]))

    async def at_rest(self) -> None:
        """Nobody begins anything; returns once everything begun has its answer."""
        self.working.clear()
        while self.ledger.open or self._tasks:
            await asyncio.sleep(0.05)

    async def end(self) -> None:
        self.ended = True
        self.working.set()
        await self._client.aclose()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _draft(sent: Sent) -> dict[str, Any]:
    return {"key": sent.key, "kind": "text", "content": {"text": sent.text}}
