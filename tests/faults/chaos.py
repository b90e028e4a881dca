"""Who is killed, when, and how long it takes until everything works again."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

import httpx2
import psycopg
from redis import RedisError
from redis.asyncio import Redis

from tests.faults.crowd import Ledger
from tests.faults.house import House

VICTIMS = {
    "A": 4, "B": 4, "worker": 4, "postgres": 4, "valkey": 4,
    "backend": 2, "valkey's data": 2, "drain A": 1, "drain B": 1,
}  # fmt: skip
FROZEN = ("A", "B", "worker", "postgres", "valkey")
FREEZE, TOGETHER, SILENCE, LAST_WORDS = 0.15, 0.3, 0.3, 0.1  # how often
SHORT_FREEZE, LONG_FREEZE, PAUSE_SECONDS = 6, 20, 1.5
HEAL_SECONDS = 90
FAILED = (OSError, TimeoutError, httpx2.HTTPError, psycopg.Error, RedisError)


class Unhealed(Exception):
    pass


class Chaos:
    def __init__(self, house: House, ledger: Ledger, rng: random.Random, seconds: float):
        self._house, self._ledger, self._rng = house, ledger, rng
        self._began, self._seconds = time.monotonic(), seconds
        self._frozen: set[asyncio.Task[None]] = set()
        self.kills: Counter[str] = Counter()
        self.longest = 0.0

    def say(self, line: str) -> None:
        line = f"{time.monotonic() - self._began:6.1f} s  {line}"
        print(line, flush=True)
        self._house.note(line)

    async def rage(self, hush: Callable[[], None], settle: Callable[[], Awaitable[None]]) -> None:
        """Kill until the time is over.

        `hush` lets nobody begin a message. In a silence nothing follows a lost delivery that would reveal it, so at its
        end (`settle`) whatever is missing is found.
        """
        self._began = time.monotonic()
        while time.monotonic() < self._began + self._seconds:
            await asyncio.sleep(self._rng.expovariate(1 / PAUSE_SECONDS))
            began = time.monotonic()
            victims, silent = await self._round(hush)
            took = await self._healed(began, silent=silent)
            self.say(f"{', '.join(victims)}: works again after {took:.1f} s")
            if silent:
                await settle()
        await asyncio.gather(*self._frozen)

    async def _round(self, hush: Callable[[], None]) -> tuple[list[str], bool]:
        if self._rng.random() < LAST_WORDS:
            return await self._last_words(hush), True
        silent = self._rng.random() < SILENCE
        if silent:
            hush()
        victims = [self._strike()]
        while self._rng.random() < TOGETHER:
            await asyncio.sleep(self._rng.random() * 1.5)
            victims.append(self._strike())
        return victims, silent

    async def _last_words(self, hush: Callable[[], None]) -> list[str]:
        """A gateway has answered, but could not tell the other one before it was killed."""
        gateway = self._rng.choice(list(self._house.ports))
        frozen = self._freeze("valkey", 2)
        await asyncio.sleep(1)
        hush()
        await asyncio.sleep(self._rng.random() * 0.1)
        self._house.kill(gateway)
        self.kills[gateway] += 1
        return [frozen, gateway, "silence"]

    def _strike(self) -> str:
        if self._rng.random() < FREEZE:
            longest = LONG_FREEZE if self._seconds > 200 and self._rng.random() < 0.4 else SHORT_FREEZE
            return self._freeze(self._rng.choice(FROZEN), self._rng.uniform(1, longest))
        victim = self._rng.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        if victim == "backend":
            self._house.kill_backend(self._rng)
        elif victim == "valkey's data":
            self._house.wipe_valkey()
        elif victim.startswith("drain "):
            self._house.ask_to_end(victim[-1])
        else:
            self._house.kill(victim)
        self.kills[victim] += 1
        return victim

    def _freeze(self, victim: str, seconds: float) -> str:
        async def thaw() -> None:
            await asyncio.sleep(seconds)
            self._house.wake(victim)

        self._house.freeze(victim)
        task = asyncio.get_running_loop().create_task(thaw())
        self._frozen.add(task)
        task.add_done_callback(self._frozen.discard)
        self.kills[f"{victim} frozen"] += 1
        return f"{victim} frozen for {seconds:.1f} s"

    # --- healed -------------------------------------------------------------------------------------

    async def _healed(self, struck: float, *, silent: bool) -> float:
        """Everybody answers, the outbox moves, and then both gateways acknowledge a message, if there is any."""
        try:
            async with asyncio.timeout(HEAL_SECONDS):
                await asyncio.gather(*self._frozen)
                await self.until_answering(self._house.ports)
                await self._until_relayed()
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
        newest = await self._outbox("max")

        async def relayed() -> bool:
            oldest = await self._outbox("min")
            return oldest is None or newest is None or oldest > newest

        await self._until(relayed)

    async def _outbox(self, which: str) -> int | None:
        url = self._house.children["postgres"].url
        found: Iterable[tuple[int | None]] = []
        while not found:
            with contextlib.suppress(*FAILED):
                async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as link:
                    found = await (await link.execute(f"select {which}(id) from outbox")).fetchall()
        return next(iter(found))[0]
