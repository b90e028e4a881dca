"""One run: people at work, processes killed; then all is quiet, and the checker looks at everything."""

import asyncio
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from django.db import connection

from messaging.events import NAMES
from tests import make
from tests.faults.chaos import Chaos
from tests.faults.check import Findings, Row, check_log, check_states, check_view
from tests.faults.crowd import GROUP_MEMBERS, LOOPS, Crowd, Human, Ledger
from tests.faults.device import BROKEN, Device
from tests.faults.house import House

PEOPLE, GROUPS = 12, 4
QUIET_SECONDS, KNOWN_SECONDS, LINGER_SECONDS = 90, 20, 2


@dataclass(frozen=True)
class Wanted:
    seconds: float
    seed: int
    rate: float


def run(house: House, wanted: Wanted) -> bool:
    """Whether every promise was kept."""
    people = [make.person(f"p{number}") for number in range(PEOPLE)]
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
        self._ledger, self._found, self._stored = Ledger(), Findings(), 0
        self._crowd = Crowd(house, self._ledger, rng, wanted.rate)
        self._chaos = Chaos(house, self._ledger, random.Random(wanted.seed), wanted.seconds)

    def add(self, person: make.Person, number: int, directs: list[str], groups: dict[str, list[make.Person]]) -> None:
        """Two of three people have two devices; every fourth device loses its network now and then."""
        mine = [cid for cid, members in groups.items() if person in members]
        owners = [person, person.another_device()][: 1 + (number % 3 > 0)]
        devices = [self._device(owner, str(i)) for i, owner in enumerate(owners)]
        for i, device in enumerate(devices):
            device.drop_every = 15.0 if (number + i) % 4 == 0 else 0.0
        new = self._device(person.another_device(), "new")
        new.pulls = False
        # Few conversations are busy: in the others a message is not followed by one that would reveal its loss.
        weights = [8.0 if i < 2 else 0.3 for i in range(len(directs))] + [4.0] * len(mine)
        by_rest = 0.9 if number % 4 == 0 else 0.1
        self._crowd.humans.append(Human(person, devices, new, directs + mine, weights, by_rest))

    def _device(self, owner: make.Person, name: str) -> Device:
        return Device(f"{owner.username}/{name}", owner, self._places, self._ledger.text_of)

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
            await self._examine()
            await self._crowd.end()
            return self._report(lasted)
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
                behind = self._behind(await self._heads())
        if behind:
            fault = f"{when}, {KNOWN_SECONDS} s after the last answer: {'; '.join(behind[:5])}"
            self._found.missing.append(fault)
            self._chaos.say(f"FAULT {fault}")
        took = f"had answers after {rested - began:.1f} s, knew everything {time.monotonic() - rested:.1f} s later"
        self._chaos.say(f"everybody {took}")

    def _behind(self, heads: dict[tuple[str, str], int]) -> list[str]:
        return [
            f"{device.name} via {device.place} ({'on' if device.ready.is_set() else 'off'}) has {conversation} "
            f"to {device.memory.cursors.get(conversation, 0)} of {rev}"
            for human in self._crowd.humans
            for device in human.devices
            for (user, conversation), rev in heads.items()
            if user == str(human.person.id) and device.memory.cursors.get(conversation, 0) != rev
        ]

    async def _heads(self) -> dict[tuple[str, str], int]:
        rows = await self._rows(
            "select m.user_id::text, c.id::text, c.rev from member m join conversation c on c.id = m.conversation_id"
        )
        return {(user, conversation): rev for user, conversation, rev in rows}

    async def _rows(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]
        url = self._house.children["postgres"].url
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as link:
            return await (await link.execute(sql)).fetchall()

    # --- the examination ----------------------------------------------------------------------------

    async def _examine(self) -> None:
        found = self._found
        await asyncio.sleep(LINGER_SECONDS)  # a second copy may follow
        log = await self._log()
        self._stored = sum(row.seq is not None for rows in log.values() for row in rows)
        heads = await self._heads()
        check_log(self._ledger.sent.values(), log, found)
        for device in self._devices:
            found.other += device.memory.complaints
            for conversation, view in device.memory.views.items():
                check_view(device.name, conversation, view, log.get(conversation, []), found)
        await self._check_marks()
        await self._compare(heads)
        [[waiting]] = await self._rows("select (select count(*) from outbox) + (select count(*) from backlog)")
        if waiting:
            found.other.append(f"{waiting} pointers are left in the outbox")
        [[epochs]] = await self._rows("select count(*) from epoch")
        if epochs != 1:
            found.other.append(f"there are {epochs} epochs")
        found.other += [f"{line} ({count} times)" for line, count in self._house.said.items()]

    async def _log(self) -> dict[str, list[Row]]:
        rows = await self._rows(
            """
            select conversation_id::text, rev, seq, kind, sender_id::text, key::text, target, content,
              to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            from entry order by conversation_id, rev
            """
        )
        log: dict[str, list[Row]] = {}
        for conversation, rev, seq, kind, sender, key, target, content, at in rows:
            text = json.loads(content)["text"] if content and seq is not None else None
            log.setdefault(conversation, []).append(Row(rev, seq, NAMES[kind], sender, key, target, text, at))
        return log

    async def _check_marks(self) -> None:
        """An acknowledged read mark is kept; what every device has is marked as delivered."""
        rows = await self._rows(
            "select m.conversation_id::text, m.user_id::text, m.read_seq, m.delivered_seq, c.seq"
            " from member m join conversation c on c.id = m.conversation_id"
        )
        behind = 0
        for conversation, user, read, delivered, seq in rows:
            if read < self._ledger.read[conversation, user]:
                self._found.lost.append(f"{user} had read {conversation} further than {read}")
            behind += max(delivered, read) < seq
        if behind:
            print(f"note: {behind} of {len(rows)} members have everything, but it is not marked as delivered")

    async def _compare(self, heads: dict[tuple[str, str], int]) -> None:
        """All devices of a person, and a new one, hold the same."""
        lives = [asyncio.create_task(human.new.live()) for human in self._crowd.humans]
        try:
            for human in self._crowd.humans:
                await _insist(human.new, human.new.history)
            await asyncio.sleep(LINGER_SECONDS)  # what the new devices acknowledged is marked as delivered
            for human in self._crowd.humans:
                await self._compare_devices(human, heads)
        finally:
            for human, life in zip(self._crowd.humans, lives, strict=True):
                human.new.over = True
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)

    async def _compare_devices(self, human: Human, heads: dict[tuple[str, str], int]) -> None:
        new, found = human.new, self._found
        for device in (new, *human.devices):
            await _insist(device, device.sync)
        for device in human.devices:
            check_states(device.name, device.memory.state(), new.memory.state(), found)
        mine = {cid: rev for (user, cid), rev in heads.items() if user == str(human.person.id) and rev}
        check_states(f"{new.name} against PostgreSQL", new.memory.cursors, mine, found)
        found.other += new.memory.complaints

    def _report(self, lasted: float) -> bool:
        found, ledger = self._found, self._ledger
        faults = found.all()
        for name, lines in vars(found).items():
            for line in lines[:8]:
                print(f"FAULT {name}: {line[:600]}")
        counts = {
            "acknowledged": sum(bool(one.told) for one in ledger.sent.values()),
            "stored": self._stored,
            "retries": ledger.retries,
            "duplicate answers": ledger.duplicates,
            **{name: len(lines) for name, lines in vars(found).items()},
            "deadlocks": self._house.deadlocks,
        }
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self._chaos.kills.items()))
        figures = ", ".join(f"{name} {count}" for name, count in counts.items())
        longest = f"longest until healed {self._chaos.longest:.1f} s"
        print(f"{lasted:.0f} s, seed {self._wanted.seed}; kills: {kills}; {figures}, {longest}")
        return not faults


async def _insist(device: Device, job: Callable[[], Awaitable[object]]) -> None:
    """Some devices lose their network now and then, also at the end."""
    for _ in range(10):
        with suppress(*BROKEN):
            await asyncio.wait_for(device.ready.wait(), 30)
            await job()
            return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"{device.name} cannot stay connected: {device.memory.complaints}")
