"""Who is killed, when, and how long it takes until everything works again."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import httpx2
import psycopg
from redis import RedisError
from redis.asyncio import Redis

from messaging.relay import TURN
from tests.faults.house import WORKERS, House
from tests.faults.ledger import Ledger

VICTIMS = {
    "A": 4, "B": 4, "worker": 2, "subscriber": 2, "relay holder": 3, "postgres": 4, "valkey": 4, "kafka": 4, "mongo": 4,
    "backend": 2, "valkey's data": 2, "drain A": 1, "drain B": 1, "subscriber ends": 2,
}  # fmt: skip
FROZEN = ("A", "B", "worker", "subscriber", "relay holder", "postgres", "valkey", "kafka", "mongo")
ENDINGS = ("drain A", "drain B", "subscriber ends")  # by SIGTERM
FREEZE, TOGETHER, SILENCE, LAST_WORDS = 0.2, 0.3, 0.3, 0.1  # how often
SHORT_FREEZE, LONG_FREEZE, PAUSE_SECONDS, REST_SECONDS = 6, 20, 1.5, 8
HEAL_SECONDS = 120
FAILED = (OSError, TimeoutError, httpx2.HTTPError, psycopg.Error, RedisError)
RELAY_TRIES = 200
RELAY_HOLDER = """
select client_port from pg_stat_activity join pg_locks using (pid)
where locktype = 'advisory' and classid = 0 and objid = %s and granted and client_port > 0
"""


class Unhealed(Exception):
    pass


@dataclass(frozen=True)
class Plan:
    """Until the time is over, or so many are killed."""

    seconds: float
    kills: int = 0
    victims: tuple[str, ...] = ()  # if only these
    away: float = 0  # seconds that Kafka and MongoDB stay away, if not at random

    @property
    def is_long(self) -> bool:
        return self.seconds > 200 or self.kills > 40

    def has(self, victim: str) -> bool:
        return not self.victims or victim in self.victims


class Chaos:
    def __init__(self, house: House, ledger: Ledger, rng: random.Random, plan: Plan):
        self._house, self._ledger, self._rng, self._plan = house, ledger, rng, plan
        self._began = time.monotonic()
        self._coming: set[asyncio.Task[None]] = set()  # back, who is frozen or outside of the house
        unkillable = {*house.outside.names} - {*house.outside.killable()}
        unstoppable = {*house.outside.names} - {*house.outside.stoppable()}
        self._victims = {name: weight for name, weight in VICTIMS.items() if plan.has(name) and name not in unkillable}
        self._frozen = [name for name in FROZEN if plan.has(name) and name not in unstoppable]
        if not self._victims and not self._frozen:
            raise ValueError(f"nobody is to be had of {', '.join(plan.victims)}")
        self.kills: Counter[str] = Counter()
        self.stops: Counter[str] = Counter()
        self.endings: Counter[str] = Counter()
        self.longest = 0.0

    def say(self, line: str) -> None:
        line = f"{time.monotonic() - self._began:6.1f} s  {line}"
        print(line, flush=True)
        self._house.note(line)

    @property
    def _goes_on(self) -> bool:
        if self._plan.kills:
            return self.kills.total() < self._plan.kills
        return time.monotonic() < self._began + self._plan.seconds

    async def rage(self, hush: Callable[[], None], settle: Callable[[], Awaitable[None]]) -> None:
        """Kill until the plan is fulfilled.

        `hush` lets nobody begin a message. In a silence nothing follows a lost delivery that would reveal it, so at its
        end (`settle`) whatever is missing is found.
        """
        self._began = time.monotonic()
        while self._goes_on:
            await asyncio.sleep(self._rng.expovariate(1 / PAUSE_SECONDS))
            began = time.monotonic()
            victims, silent = await self._round(hush)
            took = await self._healed(began, silent=silent)
            self.say(f"{', '.join(victims)}: works again after {took:.1f} s")
            if silent:
                await settle()
        await asyncio.gather(*self._coming)

    async def _round(self, hush: Callable[[], None]) -> tuple[list[str], bool]:
        if self._rng.random() < LAST_WORDS and not self._plan.victims:
            return await self._last_words(hush), True
        silent = self._rng.random() < SILENCE
        if silent:
            hush()
        victims = [await self._strike()]
        while self._rng.random() < TOGETHER:
            await asyncio.sleep(self._rng.random() * 1.5)
            victims.append(await self._strike())
        return victims, silent

    async def _last_words(self, hush: Callable[[], None]) -> list[str]:
        """A gateway has answered, but could not tell the other one before it was killed."""
        gateway = self._rng.choice(list(self._house.ports))
        frozen = self._freeze("valkey", 2, "valkey")
        await asyncio.sleep(1)
        hush()
        await asyncio.sleep(self._rng.random() * 0.1)
        self._house.kill(gateway)
        self.kills[gateway] += 1
        return [frozen, gateway, "silence"]

    async def _strike(self) -> str:
        if self._frozen and (not self._victims or self._rng.random() < FREEZE):
            is_long = self._plan.is_long and self._rng.random() < 0.4
            seconds = LONG_FREEZE if is_long else self._rng.uniform(1, SHORT_FREEZE)
            victim = self._rng.choice(self._frozen)
            return self._freeze(victim, seconds, await self._process(victim))
        victim = self._rng.choices(list(self._victims), list(self._victims.values()))[0]
        if victim in ENDINGS:
            self.endings[victim] += 1
            self._end(victim)
        else:
            self.kills[victim] += 1
            self._kill(victim, await self._process(victim))
        return victim

    def _end(self, victim: str) -> None:
        if victim.startswith("drain "):
            self._house.ask_to_end(victim[-1])
        else:
            self._house.ask_to_end("subscriber", self._rng.uniform(0, REST_SECONDS))

    def _kill(self, victim: str, process: str) -> None:
        if victim == "backend":
            self._house.kill_backend(self._rng)
        elif victim == "valkey's data":
            self._house.wipe_valkey()
        else:
            self._house.kill(process)
        if victim in self._house.outside.names:
            self._later(self._revived(victim, self._plan.away or self._rng.uniform(0, REST_SECONDS)))

    async def _revived(self, victim: str, rest: float) -> None:
        before = self._ledger.acknowledged
        await asyncio.sleep(rest)
        if self._plan.away:
            self.say(f"{victim} was away for {rest:.0f} s: {self._ledger.acknowledged - before} acknowledged meanwhile")
        await asyncio.to_thread(self._house.revive)

    def _freeze(self, victim: str, seconds: float, process: str) -> str:
        async def thaw() -> None:
            await asyncio.sleep(seconds)
            self._house.wake(process)

        self._house.freeze(process)
        self._later(thaw())
        self.stops[victim] += 1
        return f"{victim} frozen for {seconds:.1f} s"

    def _later(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    # --- the relay ----------------------------------------------------------------------------------

    async def _process(self, victim: str) -> str:
        """The name of who it is now: the relay changes."""
        if victim != "relay holder":
            return victim
        found = ""
        with contextlib.suppress(*FAILED):
            async with asyncio.timeout(3):
                found = await self._relay_holder()
        return found or self._rng.choice(WORKERS)

    async def _relay_holder(self) -> str:
        """Caught in the act: it holds the lock while it works on a batch."""
        url = self._house.children["postgres"].url
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as link:
            for _ in range(RELAY_TRIES):
                row = await (await link.execute(RELAY_HOLDER, [TURN])).fetchone()
                if row and (name := self._house.owner(row[0])):
                    return name
                await asyncio.sleep(0.005)
        return ""

    # --- healed -------------------------------------------------------------------------------------

    async def _healed(self, struck: float, *, silent: bool) -> float:
        """Everybody answers, the outbox moves, and then both gateways acknowledge a message, if there is any."""
        try:
            async with asyncio.timeout(HEAL_SECONDS + self._plan.away):
                await asyncio.gather(*self._coming)
                await self.until_answering(self._house.ports)
                self._house.note("all answer")
                await self._until_relayed()
                self._house.note("all is published")
                answering = asyncio.get_running_loop().time()
                heard = self._ledger.heard
                while not silent and min(heard[name] for name in self._house.ports) <= answering:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError as e:
            raise Unhealed(f"{self._ledger.open} messages wait, {self._ledger.heard}") from e
        took = time.monotonic() - struck
        self.longest = max(self.longest, took)
        return took

    async def until_answering(self, ports: dict[str, int]) -> None:
        async with httpx2.AsyncClient(timeout=5) as client:
            for port in ports.values():
                await self._until(partial(self._is_ready, client, port))
        await self._until(self._valkey_answers)

    async def _until(self, answers: Callable[[], Awaitable[bool]]) -> None:
        while True:
            with contextlib.suppress(*FAILED):
                if await answers():
                    return
            await asyncio.sleep(0.1)

    async def _is_ready(self, client: httpx2.AsyncClient, port: int) -> bool:
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx2.codes.OK

    async def _valkey_answers(self) -> bool:
        async with Redis.from_url(self._house.children["valkey"].url, socket_timeout=3) as link:
            return bool(await link.ping())

    async def _until_relayed(self) -> None:
        """Whatever waits now is rung and published, also what could not be while the event log was away."""
        newest = await self._waiting("max")

        async def relayed() -> bool:
            oldest = await self._waiting("min")
            return oldest is None or newest is None or oldest > newest

        await self._until(relayed)

    async def _waiting(self, which: str) -> int | None:
        while True:
            with contextlib.suppress(*FAILED):
                [[found]] = await self._house.rows(
                    f"select {which}(id) from (select id from outbox union all select id from backlog) waiting"
                )
                return cast(int | None, found)
            await asyncio.sleep(0.1)
