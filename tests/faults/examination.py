"""When all is quiet: the log, every device's view, the marks, late devices and the inbox against each other."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import psycopg
from pymongo.errors import PyMongoError

from messaging.events import NAMES
from tests.faults import inbox, pulls
from tests.faults.check import Findings, Row, check_log, check_states, check_view
from tests.faults.crowd import Crowd, Human
from tests.faults.device import BROKEN, Device
from tests.faults.house import House
from tests.faults.ledger import value

LINGER_SECONDS, CAUGHT_UP_SECONDS = 2, 120
PULLED = 60  # members of conversations
Heads = dict[tuple[str, str], int]


async def heads(house: House) -> Heads:
    """(user, conversation): rev."""
    rows = await house.rows(
        "select m.user_id::text, c.id::text, c.rev from member m join conversation c on c.id = m.conversation_id"
    )
    return {(user, conversation): rev for user, conversation, rev in rows}


class Examination:
    def __init__(self, house: House, crowd: Crowd, found: Findings):
        self._house, self._crowd, self._found = house, crowd, found
        self._log: dict[str, list[Row]] = {}
        self.kept = 0

    async def run(self) -> None:
        found = self._found
        await asyncio.sleep(LINGER_SECONDS)  # a second copy may follow
        await self._catch_up()
        self._log = await self._read_log()
        check_log(self._crowd.ledger.sent.values(), self._log, found)
        for human in self._crowd.humans:
            for device in human.devices:
                self._check_views(device)
        await self._check_marks()
        await self._compare(await heads(self._house))
        await self._check_rest()
        await self._check_inbox()
        found.other += [f"{line} ({count} times)" for line, count in self._house.said.items()]

    @property
    def stored(self) -> int:
        return sum(row.seq is not None for rows in self._log.values() for row in rows)

    def final(self) -> dict[str, list[str]]:
        return {cid: [value(row.key, row.kind, row.rev) for row in rows] for cid, rows in self._log.items()}

    # --- the sure lane ------------------------------------------------------------------------------

    async def _catch_up(self) -> None:
        """Everything is published, and the subscribers have done it all, before anything is compared."""
        began, behind = time.monotonic(), ["?"]
        while behind and time.monotonic() < began + CAUGHT_UP_SECONDS:
            await asyncio.sleep(0.2)
            with suppress(psycopg.Error, PyMongoError):
                behind = await self._lag()
        if behind:
            self._found.missing.append(f"{CAUGHT_UP_SECONDS} s after the end: {'; '.join(behind[:5])}")
        else:
            print(f"note: everything was published and done {time.monotonic() - began:.1f} s after the end")

    async def _lag(self) -> list[str]:
        [[waiting]] = await self._house.rows("select (select count(*) from outbox) + (select count(*) from backlog)")
        if waiting:
            return [f"{waiting} pointers wait for the relay"]
        if "mongo" not in self._house.outside.ports:
            return []
        wanted = {cid: rev for cid, rev in await self._house.rows(inbox.HEADS) if rev}
        applied = await asyncio.to_thread(inbox.applied)
        return [f"the inbox has {cid} to {applied[cid]} of {rev}" for cid, rev in wanted.items() if applied[cid] < rev]

    async def _check_rest(self) -> None:
        for name, place, error in await self._house.rows("select subscription, place, error from parked"):
            self._found.other.append(f"{name or 'publishing'} parked {place}: {error}")
        [[epochs]] = await self._house.rows("select count(*) from epoch")
        if epochs != 1:
            self._found.other.append(f"there are {epochs} epochs")

    async def _check_inbox(self) -> None:
        if "mongo" not in self._house.outside.ports:
            return
        [[epoch]] = await self._house.rows("select id::text from epoch order by made_at desc limit 1")
        wanted = inbox.wanted(await self._house.rows(inbox.ENTRIES))
        documents = await asyncio.to_thread(inbox.documents)
        self.kept = len(documents)
        inbox.check_inbox(epoch, wanted, documents, self._found)
        mine = [(user, cid, rev) for (user, cid), rev in (await heads(self._house)).items() if rev]
        sample = random.sample(mine, min(len(mine), PULLED))
        self._found.unequal += await asyncio.to_thread(pulls.differences, sample)

    # --- the log, the views, the marks --------------------------------------------------------------

    async def _read_log(self) -> dict[str, list[Row]]:
        rows = await self._house.rows(
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

    def _check_views(self, device: Device) -> None:
        self._found.other += device.memory.complaints
        for conversation, view in device.memory.views.items():
            check_view(device.name, conversation, view, self._log.get(conversation, []), self._found)

    async def _check_marks(self) -> None:
        """An acknowledged read mark is kept; what every device has is marked as delivered."""
        rows = await self._house.rows(
            "select m.conversation_id::text, m.user_id::text, m.read_seq, m.delivered_seq, c.seq"
            " from member m join conversation c on c.id = m.conversation_id"
        )
        behind = 0
        for conversation, user, read, delivered, seq in rows:
            if read < self._crowd.ledger.read[conversation, user]:
                self._found.lost.append(f"{user} had read {conversation} further than {read}")
            behind += max(delivered, read) < seq
        if behind:
            print(f"note: {behind} of {len(rows)} members have everything, but it is not marked as delivered")

    # --- all devices of a person --------------------------------------------------------------------

    async def _compare(self, known: Heads) -> None:
        """All devices of a person hold the same: one that reads histories, and one that pulls from the beginning."""
        late = [device for human in self._crowd.humans for device in human.late]
        lives = []
        try:
            for human in self._crowd.humans:  # one after the other: where the inbox is slow, it is left alone
                lives += [asyncio.create_task(device.live()) for device in human.late]
                new, returned = human.late
                await insist(new, new.history)
                await self._pulled(returned, _of(human, known))
            await asyncio.sleep(LINGER_SECONDS)  # what the late devices acknowledged is marked as delivered
            for human in self._crowd.humans:
                await self._compare_devices(human, known)
        finally:
            for device in late:
                device.over = True
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)

    async def _compare_devices(self, human: Human, known: Heads) -> None:
        new, returned = human.late
        for device in (new, returned, *human.devices):
            await insist(device, device.sync)
        self._check_views(returned)
        for device in (returned, *human.devices):
            check_states(device.name, device.memory.state(), new.memory.state(), self._found)
        check_states(f"{new.name} against PostgreSQL", new.memory.cursors, _of(human, known), self._found)
        self._found.other += new.memory.complaints

    async def _pulled(self, device: Device, mine: dict[str, int]) -> None:
        """A device that was away from the beginning has read all pages; what it lacks is found afterwards."""
        with suppress(TimeoutError):
            async with asyncio.timeout(60):
                while any(device.memory.cursors.get(cid, 0) < rev for cid, rev in mine.items()):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)


def _of(human: Human, known: Heads) -> dict[str, int]:
    return {cid: rev for (user, cid), rev in known.items() if user == str(human.person.id) and rev}


async def insist(device: Device, job: Callable[[], Awaitable[Any]]) -> None:
    """Some devices lose their network now and then, also at the end."""
    for _ in range(10):
        with suppress(*BROKEN):
            await asyncio.wait_for(device.ready.wait(), 30)
            await job()
            return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"{device.name} cannot stay connected: {device.memory.complaints}")
