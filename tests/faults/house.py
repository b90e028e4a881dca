"""The server as the product's supervisor runs it, but whoever calls decides who dies and when."""

import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import psycopg

from imserver.embedded import environment, ports, postgres, supervisor, valkey
from imserver.embedded.process import Child, command_line, wait_for
from tests.faults.outside import Outside
from tests.faults.sockets import family, has_connection

SETTINGS = {
    "IM_ENV": "development",
    "DJANGO_SETTINGS_MODULE": "imserver.settings",
    "DRAIN_SECONDS": "1",
    "FRIENDS_ONLY": "no",
    "LIMIT_COMMANDS_PER_SECOND": "0",
    "LIMIT_PING_S": "5",
    "LOG_LEVEL": "WARNING",
    "DATABASE_POOL": "6",
}
# Said by a server only if a rule of ours is broken, whatever was killed.
NEVER = (
    "deadlock detected",
    "was never awaited",
    "was never retrieved",
    "could not be appended",
    "refused by the data",
)
DJANGOS_OWN = "ASGIHandler.listen_for_disconnect"  # it forgets that task when a request is aborted
WORKERS = ("worker", "subscriber")  # two of the same: they take turns as relay, and share the partitions of Kafka


class House:
    """Two gateways, two workers, PostgreSQL, Valkey, in a folder of their own that goes away with them."""

    def __init__(self, log: TextIO | None):
        self.folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self.folder.chmod(0o711)
        self.children: dict[str, Child] = {}
        self.ports = {"A": ports.choose(), "B": ports.choose()}
        self.outside = Outside()
        self.said: Counter[str] = Counter()
        self._log = log
        self._stopped: dict[str, list[int]] = {}
        self._resting: dict[str, float] = {}

    def start(self) -> None:
        """The servers, and an environment that names them; `start_roles` follows once the tables are made."""
        for server in (postgres, valkey):
            child = server.start(self.folder, say=self._hear)
            self.children[child.name] = child
        found = {"DATABASE_URL": self.children["postgres"].url, "REDIS_URL": self.children["valkey"].url}
        ours = {"DATA_DIR": str(self.folder), **found, **SETTINGS, **self.outside.environment()}
        os.environ.update(environment.with_secrets(ours))

    def prepare(self) -> None:
        """Tables, and what Kafka and MongoDB need."""
        for command in ([sys.executable, "manage.py", "migrate", "-v0"], *self.outside.prepare()):
            setup = Child("setup", command)
            setup.start()
            setup.wait()
            if setup.code:
                raise RuntimeError("\n".join(setup.last))

    def start_roles(self) -> None:
        for name, port in self.ports.items():
            self._role(name, supervisor.roles(port, self.folder)["web"])
        for name in WORKERS:
            self._role(name, [*supervisor.roles(0, self.folder)["worker"], f"--hostname={name}@%h"])

    def _role(self, name: str, arguments: list[str]) -> None:
        child = Child(name, [sys.executable, *arguments], say=self._hear)
        self.children[name] = child
        child.start()

    def _hear(self, name: str, line: str) -> None:
        for text in NEVER:
            if text in line and DJANGOS_OWN not in line:
                self.said[f"{name}: {text}"] += 1
        if self._log:
            self._log.write(f"{time.strftime('%H:%M:%S')} {name}: {line}\n")
            self._log.flush()

    def note(self, line: str) -> None:
        if self._log:
            self._log.write(f"{time.strftime('%H:%M:%S')} === {line}\n")

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with await psycopg.AsyncConnection.connect(self.children["postgres"].url, connect_timeout=5) as link:
            return await (await link.execute(sql)).fetchall()  # type: ignore[arg-type]

    @property
    def deadlocks(self) -> int:
        """From what PostgreSQL said: its own counters do not survive a crash."""
        return self.said["postgres: deadlock detected"]

    # --- what happens to it -------------------------------------------------------------------------

    def kill(self, name: str) -> None:
        self._signal(self._pids(name), signal.SIGKILL)
        self.wake(name)

    def ask_to_end(self, name: str, rest: float = 0) -> None:
        """It is started again once it has ended, and `rest` seconds are over."""
        self._resting[name] = time.monotonic() + rest
        self.children[name].send(signal.SIGTERM)

    def revive(self) -> None:
        """Kafka and MongoDB; what is stopped for a while would look as if it were broken."""
        while set(self._stopped) & set(self.outside.ports):
            time.sleep(0.1)
        self.outside.up()

    def _pids(self, name: str) -> list[int]:
        """Who is killed: of our own the process alone, its pool of processes has to notice."""
        if name in self.outside.ports:
            return self.outside.pids(name)
        return [self.children[name].pid] if self.children[name].running else []

    def owner(self, port: int) -> str:
        """The worker that has a connection from this port."""
        children = [self.children[name] for name in WORKERS]
        found = [child.name for child in children if child.running and has_connection(port, family(child.pid))]
        return found[0] if found else ""

    def kill_backend(self, rng: random.Random) -> None:
        """One of PostgreSQL's own processes: PostgreSQL then ends all others and recovers."""
        pids = [pid for pid in family(self.children["postgres"].pid) if "127.0.0.1" in command_line(pid)]
        if pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(pids), signal.SIGKILL)

    def wipe_valkey(self) -> None:
        """Killed, and its data are gone."""
        self.kill("valkey")
        wait_for(lambda: not self.children["valkey"].running, 5)
        shutil.rmtree(self.folder / "valkey" / "appendonlydir", ignore_errors=True)

    def freeze(self, name: str) -> None:
        self._stopped[name] = [one for pid in self._pids(name) for one in family(pid)]
        self._signal(self._stopped[name], signal.SIGSTOP)

    def wake(self, name: str) -> None:
        self._signal(self._stopped.pop(name, []), signal.SIGCONT)

    def _signal(self, pids: list[int], number: signal.Signals) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def heal(self) -> None:
        """Start again at once whoever is dead. PostgreSQL ends until the last process of its former life is gone."""
        for name, child in self.children.items():
            if not child.running and self._resting.get(name, 0) < time.monotonic():
                child.start()

    def end(self) -> None:
        for name in list(self._stopped):
            self.wake(name)
        for child in [*self.children.values()][::-1]:
            if not child.url:
                child.kill()
        for child in self.children.values():
            child.stop()
        self.outside.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def opened(log: TextIO | None) -> Iterator[House]:
    house = House(log)
    try:
        yield house
    finally:
        # A second Ctrl-C must not leave half of the servers behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        house.end()
