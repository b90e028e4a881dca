"""Which process is behind a TCP port of this machine."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
ESTABLISHED, LISTENING = "01", "0A"


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return found


def listeners(port: int) -> list[int]:
    """Those that we may signal."""
    everybody = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return _owners(_inodes(port, LISTENING), everybody)


def has_connection(port: int, pids: Iterable[int]) -> bool:
    """Whether one of these has a connection from this port."""
    return bool(_owners(_inodes(port, ESTABLISHED), pids))


def _inodes(port: int, state: str) -> set[str]:
    found = set()
    for table in TABLES:
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == state and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found


def _owners(inodes: set[str], pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if inodes & _open(pid)] if inodes else []


def _open(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                found.add(os.readlink(f"/proc/{pid}/fd/{number}"))
    return found
