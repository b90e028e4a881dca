"""Threads with a database connection each, that begin together."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 30


class Racer(threading.Thread):
    """One call in a thread; `ends` hands out what it returned or raises what it raised."""

    def __init__(self, call: Callable[[], Any], barrier: threading.Barrier):
        super().__init__(daemon=True)
        self._call, self._barrier = call, barrier
        self._result: Any = None
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._barrier.wait(PATIENCE_SECONDS)
            self._result = self._call()
        except Exception as e:
            self._error = e
        finally:
            connection.close()

    def ends(self) -> Any:
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive(), "a racer never came to its end"
        if self._error:
            raise self._error
        return self._result

    def error(self) -> Exception | None:
        self.join(PATIENCE_SECONDS)
        return self._error


def together(*calls: Callable[[], Any]) -> list[Racer]:
    """The calls, begun at once and ended."""
    barrier = threading.Barrier(len(calls))
    racers = [Racer(call, barrier) for call in calls]
    for racer in racers:
        racer.join(PATIENCE_SECONDS)
    return racers


def results(*calls: Callable[[], Any]) -> list[Any]:
    return [racer.ends() for racer in together(*calls)]


def waiting(call: Callable[[], Any]) -> Racer:
    """The call in a thread, as soon as it waits for a lock that this thread's transaction holds."""
    racer = Racer(call, threading.Barrier(1))
    wait_for_rival()
    return racer


def wait_for_rival() -> None:
    """Until somebody waits for a lock that this thread's transaction holds."""
    _until(_somebody_waits_for_me)


def _somebody_waits_for_me() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where pg_backend_pid() = any(pg_blocking_pids(pid)))")
        return bool(cursor.fetchone()[0])


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "nobody came to wait for the lock"
        time.sleep(0.002)


def deadlocks() -> int:
    """How many the database has seen, those of this connection's statistics included."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot(), pg_stat_force_next_flush()")
        cursor.execute("select deadlocks from pg_stat_database where datname = current_database()")
        return int(cursor.fetchone()[0])
