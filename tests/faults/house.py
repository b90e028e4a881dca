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
from typing import TextIO

from imserver.embedded import environment, ports, postgres, supervisor, valkey
from imserver.embedded.process import Child, command_line, wait_for

SETTINGS = {
    "IM_ENV": "development",
    "DJANGO_SETTINGS_MODULE": "imserver.settings",
    "DRAIN_SECONDS": "1",
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


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return found


class House:
    """Two gateways, a worker, PostgreSQL, Valkey, in a folder of their own that goes away with them."""

    def __init__(self, log: TextIO | None):
        self.folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self.folder.chmod(0o711)
        self.children: dict[str, Child] = {}
        self.ports = {"A": ports.choose(), "B": ports.choose()}
        self.said: Counter[str] = Counter()
        self._log = log
        self._stopped: dict[str, list[int]] = {}

    def start(self) -> None:
        """The servers, and an environment that names them; `start_roles` follows once the tables are made."""
        for server in (postgres, valkey):
            child = server.start(self.folder, say=self._hear)
            self.children[child.name] = child
        found = {"DATABASE_URL": self.children["postgres"].url, "REDIS_URL": self.children["valkey"].url}
        os.environ.update(environment.with_secrets({"DATA_DIR": str(self.folder), **found, **SETTINGS}))

    def migrate(self) -> None:
        setup = Child("setup", [sys.executable, "manage.py", "migrate", "-v0"])
        setup.start()
        setup.wait()
        if setup.code:
            raise RuntimeError("\n".join(setup.last))

    def start_roles(self) -> None:
        for name, port in self.ports.items():
            self._role(name, supervisor.roles(port, self.folder)["web"])
        self._role("worker", supervisor.roles(0, self.folder)["worker"])

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

    @property
    def deadlocks(self) -> int:
        """From what PostgreSQL said: its own counters do not survive a crash."""
        return self.said["postgres: deadlock detected"]

    # --- what happens to it -------------------------------------------------------------------------

    def kill(self, name: str) -> None:
        self.children[name].send(signal.SIGKILL)
        self.wake(name)

    def ask_to_end(self, name: str) -> None:
        self.children[name].send(signal.SIGTERM)

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
        child = self.children[name]
        if child.running:
            self._stopped[name] = family(child.pid)
            self._signal(self._stopped[name], signal.SIGSTOP)

    def wake(self, name: str) -> None:
        self._signal(self._stopped.pop(name, []), signal.SIGCONT)

    def _signal(self, pids: list[int], number: signal.Signals) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def heal(self) -> None:
        """Start again at once whoever is dead. PostgreSQL ends until the last process of its former life is gone."""
        for child in self.children.values():
            if not child.running:
                child.start()

    def end(self) -> None:
        for name in list(self._stopped):
            self.wake(name)
        for child in [*self.children.values()][::-1]:
            if not child.url:
                child.kill()
        for child in self.children.values():
            child.stop()
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
