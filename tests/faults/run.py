"""One run: people at work, processes killed; then all is quiet, and everything is examined."""

import asyncio
import itertools
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection

from tests import make
from tests.faults.chaos import Chaos, Plan
from tests.faults.check import Findings
from tests.faults.crowd import GROUP_MEMBERS, LOOPS, Crowd, Human
from tests.faults.device import BROKEN, Device
from tests.faults.examination import Examination, heads
from tests.faults.house import House
from tests.faults.ledger import Ledger

GROUPS = 4
QUIET_SECONDS, KNOWN_SECONDS = 90, 20


@dataclass(frozen=True)
class Wanted:
    plan: Plan
    seed: int
    rate: float
    people: int
    history: Path | None


def run(house: House, wanted: Wanted) -> bool:
    """Whether every promise was kept."""
    people = [make.person(f"p{number}") for number in range(wanted.people)]
    rng = random.Random(wanted.seed)
    directs = {(one, other): str(make.direct(one, other)) for one, other in itertools.combinations(people, 2)}
    groups = {}
    for number in range(GROUPS):
        members = rng.sample(people, GROUP_MEMBERS)
        groups[str(make.group(*members, title=f"Group {number}"))] = members
    stage = Stage(house, wanted, rng)
    for number, person in enumerate(people):
        stage.add(person, number, [cid for pair, cid in directs.items() if person in pair], groups)
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    return asyncio.run(stage.play())


class Stage:
    def __init__(self, house: House, wanted: Wanted, rng: random.Random):
        self._house, self._wanted, self._rng = house, wanted, rng
        self._places = {name: f"ws://127.0.0.1:{port}/v1/ws" for name, port in house.ports.items()}
        self._ledger, self._found = Ledger(recording=wanted.history is not None), Findings()
        self._crowd = Crowd(house, self._ledger, rng, wanted.rate)
        self._chaos = Chaos(house, self._ledger, random.Random(wanted.seed), wanted.plan)

    def add(self, person: make.Person, number: int, directs: list[str], groups: dict[str, list[make.Person]]) -> None:
        """Two of three people have two devices; every fourth device loses its network now and then."""
        mine = [cid for cid, members in groups.items() if person in members]
        owners = [person, person.another_device()][: 1 + (number % 3 > 0)]
        devices = [self._device(owner, str(i)) for i, owner in enumerate(owners)]
        for i, device in enumerate(devices):
            device.drop_every = 15.0 if (number + i) % 4 == 0 else 0.0
        late = [self._device(person.another_device(), name) for name in ("new", "returned")]
        late[0].pulls = False
        # Few conversations are busy: in the others a message is not followed by one that would reveal its loss.
        weights = [8.0 if i < 2 else 0.3 for i in range(len(directs))] + [4.0] * len(mine)
        by_rest = 0.9 if number % 4 == 0 else 0.1
        self._crowd.humans.append(Human(person, devices, late, directs + mine, weights, by_rest))

    def _device(self, owner: make.Person, name: str) -> Device:
        return Device(f"{owner.username}/{name}", owner, self._places, self._ledger)

    @property
    def _devices(self) -> list[Device]:
        return [device for human in self._crowd.humans for device in human.devices]

    async def play(self) -> bool:
        jobs = [asyncio.create_task(self._keep_house())]
        try:
            await self._chaos.until_answering(self._house.ports)
            jobs += [asyncio.create_task(device.live()) for device in self._devices]
            await asyncio.gather(*(device.ready.wait() for device in self._devices))
            jobs += [asyncio.create_task(self._crowd.work(human)) for human in self._crowd.humans for _ in range(LOOPS)]
            jobs.append(asyncio.create_task(self._crowd.found_groups()))
            began = time.monotonic()
            await self._chaos.rage(self._crowd.working.clear, self._silence)
            await self._settle("at the end")
            lasted = time.monotonic() - began
            examination = Examination(self._house, self._crowd, self._found)
            await examination.run()
            await self._crowd.end()
            if self._wanted.history:
                self._ledger.export(self._wanted.history, examination.final())
            return self._report(lasted, examination)
        finally:
            for device in self._devices:
                device.over = True
            for job in jobs:
                job.cancel()
            for result in await asyncio.gather(*jobs, return_exceptions=True):
                if isinstance(result, Exception):
                    print(f"a part of the test itself broke: {result!r}")

    async def _keep_house(self) -> None:
        while True:
            self._house.heal()
            await asyncio.sleep(0.1)

    # --- quiet --------------------------------------------------------------------------------------

    async def _silence(self) -> None:
        await self._settle("in a silence")
        self._crowd.working.set()

    async def _settle(self, when: str) -> None:
        """Without any further message every device comes to know everything by itself."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await self._crowd.at_rest()
        except TimeoutError:
            self._found.other.append(f"{when} {self._ledger.open} messages had no answer after {QUIET_SECONDS} s")
        rested = time.monotonic()
        behind = ["?"]
        while behind and time.monotonic() < rested + KNOWN_SECONDS:
            await asyncio.sleep(0.2)
            with suppress(*BROKEN, psycopg.Error):
                behind = self._behind(await heads(self._house))
        if behind:
            fault = f"{when}, {KNOWN_SECONDS} s after the last answer: {'; '.join(behind[:5])}"
            self._found.missing.append(fault)
            self._chaos.say(f"FAULT {fault}")
        took = f"had answers after {rested - began:.1f} s, knew everything {time.monotonic() - rested:.1f} s later"
        self._chaos.say(f"everybody {took}")

    def _behind(self, known: dict[tuple[str, str], int]) -> list[str]:
        return [
            f"{device.name} via {device.place} ({'on' if device.ready.is_set() else 'off'}) has {conversation} "
            f"to {device.memory.cursors.get(conversation, 0)} of {rev}"
            for human in self._crowd.humans
            for device in human.devices
            for (user, conversation), rev in known.items()
            if user == str(human.person.id) and device.memory.cursors.get(conversation, 0) != rev
        ]

    def _report(self, lasted: float, examination: Examination) -> bool:
        found, ledger, chaos = self._found, self._ledger, self._chaos
        for name, lines in vars(found).items():
            for line in lines[:8]:
                print(f"FAULT {name}: {line[:600]}")
        parts = [
            f"{lasted:.0f} s, seed {self._wanted.seed}: {_counted('kills', chaos.kills)}",
            _counted("stops", chaos.stops),
            _counted("endings", chaos.endings),
            f"acknowledged {ledger.acknowledged}",
            f"stored {examination.stored}",
            f"in the inbox {examination.kept}",
            f"retries {ledger.retries}",
            f"duplicate answers {ledger.duplicates}",
            *(f"{name} {len(lines)}" for name, lines in vars(found).items()),
            f"deadlocks {self._house.deadlocks}",
            f"longest gap until healed {chaos.longest:.1f} s",
        ]
        print(", ".join(parts))
        return not found.all()


def _counted(what: str, counts: Counter[str]) -> str:
    each = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return f"{what} {counts.total()} ({each})" if each else f"{what} 0"
