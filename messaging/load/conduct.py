"""One run from the side of the parent: start the client processes, open the window, read the clocks, gather."""

import contextlib
import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Generic

from messaging.load import client, measure
from messaging.load.plan import Job, T, Window

CONNECT_SECONDS, END_SECONDS, START_SECONDS = 120, 120, 0.2


class Failed(Exception):
    """One sentence: why there are no figures."""


@dataclass(frozen=True)
class Measured(Generic[T]):
    tally: T
    cpu: dict[str, float]
    load: float
    """The machine's load average in the middle of it all."""
    server_mb: float
    """Of the server at the end of the window."""
    server_mb_before: float = 0.0


def cores(processes: int) -> list[int | None]:
    """A core for each client, from the last one down; none where the servers would be left without."""
    mine = sorted(os.sched_getaffinity(0))
    return [*reversed(mine[-processes:])] if len(mine) > processes else [None] * processes


def keep_off(taken: list[int | None]) -> None:
    """This process and those it starts leave these cores to the clients."""
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {core for core in taken if core is not None})


def run(jobs: list[Job[T]], roles: dict[str, list[int]], warm_up: int, seconds: int) -> Measured[T]:
    with _clients(jobs) as (pids, links):
        for link in links:
            _hear(link, CONNECT_SECONDS)
        roles = {**roles, "clients": pids}
        opens = time.monotonic_ns() + int((START_SECONDS + warm_up) * 1e9)
        window = Window(opens, closes=opens + seconds * 1_000_000_000)
        for link in links:
            link.send(window)
        _sleep_until(window.opens)
        before, mb_before = measure.cpu_seconds(roles), measure.resident_mb(roles.get("server", []))
        _sleep_until(window.closes)
        after = measure.cpu_seconds(roles)
        load, server_mb = os.getloadavg()[0], measure.resident_mb(roles.get("server", []))
        tally = _gather(links)
    return Measured(tally, {role: after[role] - before[role] for role in roles}, load, server_mb, mb_before)


@contextlib.contextmanager
def _clients(jobs: list[Job[T]]) -> Iterator[tuple[list[int], list[Connection]]]:
    context = multiprocessing.get_context("spawn")
    processes, links = [], []
    try:
        for job in jobs:
            mine, theirs = context.Pipe()
            process = context.Process(target=client.main, args=(job, theirs), daemon=True)
            process.start()
            theirs.close()
            processes.append(process)
            links.append(mine)
        yield [process.pid or 0 for process in processes], links
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _gather(links: list[Connection]) -> Any:
    """The tallies of all clients in one."""
    first, *others = [_hear(link, END_SECONDS) for link in links]
    for other in others:
        first.add(other)
    return first


def _hear(link: Connection, seconds: float) -> Any:
    """What the client says next: None when it is ready, its tally at the end."""
    try:
        said = link.recv() if link.poll(seconds) else "it does not answer"
    except EOFError:
        said = "it ended"
    if isinstance(said, str):
        raise Failed(f"A client process gave up: {said}.")
    return said


def _sleep_until(moment: int) -> None:
    time.sleep(max(0, moment - time.monotonic_ns()) / 1e9)
