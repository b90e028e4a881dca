"""What the operating system knows of processes: CPU seconds, memory. Linux only."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
Roles = Mapping[str, list[int]]
"""The processes of each role; their children count as theirs."""


@dataclass(frozen=True)
class Stat:
    name: str
    parent: int
    ticks: int
    """User and system time, with that of the children that ended and were waited for."""


def stat(pid: int) -> Stat | None:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return Stat(name, parent=int(fields[1]), ticks=sum(map(int, fields[11:15])))


def all_processes() -> dict[int, Stat]:
    pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    return {pid: found for pid in pids if (found := stat(pid))}


def family(pids: Iterable[int], processes: Mapping[int, Stat]) -> set[int]:
    """These processes and all below them."""
    found: set[int] = set()
    fresh = set(pids) & processes.keys()
    while fresh:
        found |= fresh
        fresh = {pid for pid, process in processes.items() if process.parent in fresh} - found
    return found


def cpu_seconds(roles: Roles) -> dict[str, float]:
    processes = all_processes()
    return {
        role: sum(processes[pid].ticks for pid in family(pids, processes)) / TICKS_PER_SECOND
        for role, pids in roles.items()
    }


def resident_mb(pids: Iterable[int]) -> float:
    """Memory in RAM of these processes and all below them; pages they share count for each."""
    pages = sum(_resident_pages(pid) for pid in family(pids, all_processes()))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _resident_pages(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1])
    except OSError:
        return 0


def server_of(backend: int) -> list[int]:
    """PostgreSQL's first process, from the pid of a backend; none if it runs on another machine."""
    found = stat(backend)
    return [found.parent] if found and found.name.startswith("postgres") else []
