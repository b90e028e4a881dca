"""Processes that end with the one that started them, whatever ends that one."""

import os
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import IO

Say = Callable[[str, str], None]


def quiet(_name: str, _line: str) -> None:
    """For callers that want no output; the last lines are still on the child."""


@dataclass
class Child:
    """One process in a session of its own, so that a Ctrl-C reaches it only through its parent, in order."""

    name: str
    argv: Sequence[str]
    url: str = ""
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    stop_signal: Signals = SIGTERM
    orphan_signal: Signals = SIGKILL
    grace: float = 10.0
    say: Say = quiet
    identity: Sequence[str] = ()  # what setpriv shall do besides: become another user
    last: deque[str] = field(default_factory=lambda: deque(maxlen=40))
    started_at: float = 0.0
    _process: "subprocess.Popen[str] | None" = None
    _reader: threading.Thread | None = None

    def start(self) -> None:
        self.last.clear()
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603
            self._guarded(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(self.env),
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _guarded(self) -> Sequence[str]:
        """The kernel itself ends the child when its parent thread dies, even by SIGKILL, where setpriv is to be had."""
        if setpriv := shutil.which("setpriv"):
            return [setpriv, f"--pdeathsig={self.orphan_signal.name[3:]}", *self.identity, "--", *self.argv]
        return self.argv

    def _read(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                self.last.append(line.rstrip())
                self.say(self.name, line.rstrip())

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll() if self._process else -1

    @property
    def running(self) -> bool:
        return self.code is None

    def wait(self, seconds: float | None = None) -> bool:
        if self._process:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
        if self._reader:
            self._reader.join(1)
        return True

    def stop(self) -> None:
        """Ask, then insist."""
        self.send(self.stop_signal)
        if not self.wait(self.grace):
            self.kill()

    def kill(self) -> None:
        self.send(SIGKILL)
        self.wait(10)

    def send(self, signal: Signals) -> None:
        if self._process and self.running:
            self._process.send_signal(signal)


@contextmanager
def ended_on_failure(child: Child) -> Iterator[None]:
    try:
        yield
    except BaseException:
        child.stop()
        raise


def command_line(pid: int) -> str:
    """Of a living process; empty if there is none."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            return ""
    ps = ["/bin/ps", "-o", "args=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
