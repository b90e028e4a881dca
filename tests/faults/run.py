"""One run: people at work, processes killed; then all is quiet, and the checker looks at everything."""

import asyncio
import itertools
import random
import time
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from messaging.events import NAMES
from tests import make
from tests.faults.chaos import Chaos
from tests.faults.check import Findings, Row, check_log, check_states, check_view
from tests.faults.crowd import Crowd, Human, Ledger
from tests.faults.device import BROKEN, Device
from tests.faults.house import House

PEOPLE, GROUPS, GROUP_MEMBERS = 12, 4, 6
QUIET_SECONDS, LINGER_SECONDS = 90, 2


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
    return asyncio.run(stage.play())


class Stage:
    def __init__(self, house: House, wanted: Wanted, rng: random.Random):
        self._house, self._wanted, self._rng = house, wanted, rng
        self._places = [(name, f"ws://127.0.0.1:{port}/v1/ws") for name, port in house.ports.items()]
        self._ledger = Ledger()
        self._humans: list[Human] = []
        self._found = Findings()

    def add(self, person: make.Person, number: int, directs: list[str], groups: dict[str, list[make.Person]]) -> None:
        """Two of three people have two devices; every fourth device loses its network now and then."""
        mine = [cid for cid, members in groups.items() if person in members]
        owners = [person, person.another_device()][: 1 + (number % 3 > 0)]
        devices = [Device(f"{person.username}/{i}", owner, self._places, self._ledger.text_of) for i, owner in enumerate(owners)]
        for i, device in enumerate(devices):
            device.drop_every = 15.0 if (number + i) % 4 == 0 else 0.0
        # Few conversations are busy: in the others a message is not followed by one that would reveal its loss.
        weights = [8.0 if i < 2 else 0.3 for i in range(len(directs))] + [4.0] * len(mine)
        self._humans.append(Human(person, devices, directs + mine, weights, by_rest=0.9 if number % 4 == 0 else 0.1))

    @property
    def _devices(self) -> list[Device]:
        return [device for human in self._humans for device in human.devices]

    async def play(self) -> bool:
        http = {name: f"http://127.0.0.1:{port}" for name, port in self._house.ports.items()}
        self._crowd = Crowd(self._ledger, http, self._rng, self._wanted.rate)
        self._crowd.humans = self._humans
        self._chaos = Chaos(self._house, self._ledger, self._rng, self._wanted.seconds)
        jobs = [asyncio.create_task(self._house_keeping())]
        try:
            await self._chaos.until_answering(self._house.ports)
            jobs += [asyncio.create_task(device.live()) for device in self._devices]
            await asyncio.gather(*(device.ready.wait() for device in self._devices))
            jobs += [asyncio.create_task(self._crowd.work(human)) for human in self._humans for _ in range(2)]
            began = time.monotonic()
            await self._chaos.rage(self._lull)
            await self._settle("at the end")
            lasted = time.monotonic() - began
            await self._examine()
            await self._crowd.end()
            return self._report(lasted)
        finally:
            for job in jobs:
                job.cancel()
            for result in await asyncio.gather(*jobs, return_exceptions=True):
                if isinstance(result, Exception):
                    print(f"a part of the test itself broke: {result!r}")

    async def _house_keeping(self) -> None:
        while True:
            self._house.heal()
            await asyncio.sleep(0.1)

    # --- quiet --------------------------------------------------------------------------------------

    async def _lull(self) -> None:
        await self._settle("in a lull")
        self._crowd.working.set()

    async def _settle(self, when: str) -> None:
        """Without any further message every device comes to know everything by itself."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await self._crowd.at_rest()
        except TimeoutError:
            self._found.other.append(f"{when} {self._ledger.open} messages had no answer after {QUIET_SECONDS} s")
        behind = ["?"]
        while behind and time.monotonic() < began + QUIET_SECONDS:
            await asyncio.sleep(0.2)
            with suppress(*BROKEN, psycopg.Error):
                behind = self._behind(await self._heads())
        if behind:
            self._found.missing.append(f"{when}, after {QUIET_SECONDS} s of quiet: {'; '.join(behind[:5])}")
            print(f"  FAULT {when}: {'; '.join(behind[:8])}")
        self._chaos.say(f"all devices know everything {time.monotonic() - began:.1f} s after the last message began")

    def _behind(self, heads: dict[tuple[str, str], int]) -> list[str]:
        return [
            f"{device.name} via {device.place} ({'on' if device.ready.is_set() else 'off'}) has {conversation} "
            f"to {device.cursors.get(conversation, 0)} of {rev}"
            for human in self._humans
            for device in human.devices
            for (user, conversation), rev in heads.items()
            if user == str(human.person.id) and device.cursors.get(conversation, 0) != rev
        ]

    async def _heads(self) -> dict[tuple[str, str], int]:
        rows = await self._rows(
            "select m.user_id::text, c.id::text, c.rev from member m join conversation c on c.id = m.conversation_id"
        )
        return {(user, conversation): rev for user, conversation, rev in rows}

    async def _rows(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]
        url = self._house.children["postgres"].url
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as link:
            return await (await link.execute(sql)).fetchall()  # type: ignore[arg-type]

    # --- the examination ----------------------------------------------------------------------------

    async def _examine(self) -> None:
        found = self._found
        await asyncio.sleep(LINGER_SECONDS)  # a second copy may follow
        log = await self._log()
        heads = await self._heads()
        check_log(self._ledger.sent.values(), log, found)
        for device in self._devices:
            found.other += device.complaints
            for conversation, view in device.views.items():
                check_view(device.name, conversation, view, log.get(conversation, []), found)
        await self._check_marks()
        for human in self._humans:
            await self._compare(human, heads)
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
            text = content[len('{"text":"') : -len('"}')] if content and seq is not None else None
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
            self._found.other.append(f"{behind} of {len(rows)} members have everything, but it is not marked delivered")

    async def _compare(self, human: Human, heads: dict[tuple[str, str], int]) -> None:
        """All devices of a person, and a new one, hold the same."""
        new = Device(f"{human.person.username}/new", human.person.another_device(), self._places, self._ledger.text_of)
        new.pulls = False
        life = asyncio.create_task(new.live())
        try:
            await asyncio.wait_for(new.ready.wait(), 30)
            await new.history()
            for device in human.devices:
                await asyncio.wait_for(device.ready.wait(), 30)
                await device.sync()
                check_states(device.name, device.state(), new.state(), self._found)
            mine = {cid: rev for (user, cid), rev in heads.items() if user == str(human.person.id) and rev}
            check_states(f"{new.name} against PostgreSQL", new.cursors, mine, self._found)
        finally:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)

    def _report(self, lasted: float) -> bool:
        found, ledger = self._found, self._ledger
        faults = found.all()
        for name, line in faults[:40]:
            print(f"FAULT {name}: {line[:600]}")
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self._chaos.kills.items()))
        acknowledged = sum(bool(one.told) for one in ledger.sent.values())
        print(
            f"{lasted:.0f} s, seed {self._wanted.seed}; kills: {kills}; acknowledged {acknowledged}, "
            f"retries {ledger.retries}, duplicate answers {ledger.duplicates}, lost {len(found.lost)}, "
            f"doubled {len(found.doubled)}, reordered {len(found.reordered)}, missing {len(found.missing)}, "
            f"unequal devices {len(found.unequal)}, other faults {len(found.other)}, "
            f"longest until healed {self._chaos.longest:.1f} s"
        )
        return not faults
