"""`make run` over real processes: `python -m imserver.embedded` in a folder of its own."""

import fcntl
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from imserver.embedded import environment, ports
from imserver.embedded.process import command_line, wait_for

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TOKEN_KEY", "DEMO_PASSWORD", "PORT", "IM_ENV")

PARTS = {
    "postgres": "bin/postgres",
    "valkey": "valkey-server",
    "web": " serve ",
    "worker": "--pool=threads",
    "beat": " beat ",
}


class Run:
    def __init__(self, folder: Path, **variables: str):
        self.folder, self.port = folder, ports.choose()
        self.lines: list[str] = []
        known = {name: value for name, value in os.environ.items() if name not in OURS}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "imserver.embedded"],
            cwd=ROOT,
            env=known | {"DATA_DIR": str(folder), "PORT": str(self.port)} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            self.lines.extend(lines)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def ends(self) -> int:
        code = self.process.wait(60)
        self.reader.join(10)
        return code

    def ready(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            link.request("GET", "/readyz")
            return link.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            link.close()

    def becomes_ready(self) -> bool:
        return wait_for(lambda: self.ready() and "Ctrl-C" in self.output, 60)

    def children(self) -> dict[str, int]:
        """Part -> its process, direct children only."""
        lines = {pid: command_line(pid) for pid in map(int, filter(str.isdigit, os.listdir("/proc")))}
        ours = [pid for pid in lines if parent_of(pid) == self.process.pid]
        return {part: pid for pid in ours for part, mark in PARTS.items() if mark in lines[pid]}


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    runs.clear()
    yield tmp_path
    for run in runs:
        if run.process.poll() is None:
            run.process.send_signal(signal.SIGINT)
            run.process.send_signal(signal.SIGINT)
        run.ends()


runs: list[Run] = []


def begin(folder: Path, **variables: str) -> Run:
    runs.append(Run(folder, **variables))
    return runs[-1]


def gone(pids: dict[str, int], seconds: float = 20) -> bool:
    return wait_for(lambda: not any(command_line(pid) for pid in pids.values()), seconds)


def test_one_command_brings_the_server_up_and_ctrl_c_ends_all_of_it(folder: Path) -> None:
    first = begin(folder)
    assert first.becomes_ready(), first.output
    assert f"http://127.0.0.1:{first.port}/admin/" in first.output
    assert (folder / "env").stat().st_mode & 0o777 == 0o600
    kept = environment.read(folder / "env")
    assert f"ann / {kept['DEMO_PASSWORD']}" in first.output
    parts = first.children()
    assert set(parts) == set(PARTS)
    first.process.send_signal(signal.SIGINT)
    assert first.ends() == 0
    assert gone(parts)
    endings = re.findall(r"im +\| (\w+): ending", first.output)
    assert endings == ["web", "worker", "beat", "valkey", "postgres"]

    second = begin(folder)
    assert second.becomes_ready(), second.output
    assert environment.read(folder / "env") == kept
    assert f"ann / {kept['DEMO_PASSWORD']}" in second.output


def test_whatever_is_killed_comes_back_at_its_address(folder: Path) -> None:
    run = begin(folder)
    assert run.becomes_ready(), run.output
    for part, pid in run.children().items():
        os.kill(pid, signal.SIGKILL)
        assert wait_for(lambda part=part, pid=pid: run.children().get(part, pid) != pid, 20), run.output
        assert wait_for(run.ready, 30), run.output


def test_killed_with_9_it_leaves_nothing_behind_and_starts_clean(folder: Path) -> None:
    first = begin(folder)
    assert first.becomes_ready(), first.output
    parts = first.children()
    first.process.kill()
    second = begin(folder, PORT=str(first.port))
    second.port = first.port
    assert second.becomes_ready(), second.output
    assert gone(parts)


def made_in(folder: Path) -> "subprocess.Popen[bytes]":
    """The command, by a process above it."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run([{sys.executable!r}, '-m', 'imserver.embedded'])"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in OURS}
        | {"DATA_DIR": str(folder), "PORT": str(ports.choose())},
        stdout=subprocess.DEVNULL,
    )


def test_it_ends_with_the_make_that_started_it(folder: Path) -> None:
    shell, lock = made_in(folder), folder / "lock"
    assert wait_for(lambda: lock.exists() and "process" in lock.read_text(), 20)
    supervisor = int(lock.read_text().split()[-1])
    shell.kill()
    shell.wait()
    assert gone({"supervisor": supervisor}, 60), "it looks once it has started"


def test_it_ends_with_a_make_that_ended_before_it_began(folder: Path) -> None:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as a run that is still ending
        shell = made_in(folder)
        assert wait_for(lambda: waits_for(lock, shell) != 0, 20)
        supervisor = waits_for(lock, shell)
        shell.kill()
        shell.wait()
    assert gone({"supervisor": supervisor}, 60)


def waits_for(lock: IO[str], shell: "subprocess.Popen[bytes]") -> int:
    """The process under this shell that has the file open, too."""
    for found in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if found.samefile(lock.name) and parent_of(pid := int(found.parts[2])) == shell.pid:
                return pid
    return 0


def test_a_second_run_in_the_folder_is_refused(folder: Path) -> None:
    first = begin(folder)
    assert wait_for(lambda: "starting" in first.output, 20)
    second = begin(folder)
    assert second.ends() == 1
    assert f"This folder is already being run (http://127.0.0.1:{first.port}, process" in second.output


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "soon"}, "PORT=soon: a whole number is needed."),
        ({"PORT": "70000"}, "PORT=70000: choose a number from 1 to 65535."),
        ({"IM_ENV": "production"}, "with IM_ENV=production start the roles of docs/operations.md."),
        ({"DATABASE_URL": "postgresql://im@127.0.0.1:1/im"}, "No PostgreSQL answers at DATABASE_URL"),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "No Valkey answers at REDIS_URL"),
        ({"DATA_DIR": "/dev/null/data"}, "/dev/null/data: Not a directory."),
        ({"DEBUG": "perhaps"}, "DEBUG=perhaps: say yes or no."),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(folder: Path, variables: dict[str, str], sentence: str) -> None:
    run = begin(folder, **variables)
    assert run.ends() == 1
    assert run.output.splitlines()[-1].startswith("make run: ")
    assert sentence in run.output.splitlines()[-1]
    assert "Traceback" not in run.output


def test_a_taken_port_is_told_in_one_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        run = begin(folder, PORT=str(port))
        assert run.ends() == 1
    assert (
        run.output
        == f"make run: Port {port} belongs to another program: end that one or choose another, PORT={port + 1}.\n"
    )
