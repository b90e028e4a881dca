"""From tallies to figures: the table for people, the line for programs, the verdict."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from messaging.load.plan import TICKS_PER_MS

Figures = dict[str, object]
PAID_BY = ("server", "postgres")
"""The roles whose CPU time the rates per CPU second count."""


class Verdict(NamedTuple):
    done: int
    """Of what the scenario counts: a run without any says nothing."""
    figures: Figures
    faults: dict[str, int]
    complaints: Counter[str]
    """What went wrong, in words."""

    @property
    def is_clean(self) -> bool:
        return self.done > 0 and not any(self.faults.values())


def percentiles(ticks: Counter[int]) -> dict[str, float]:
    return {f"p{share}": _percentile(ticks, share / 100) / TICKS_PER_MS for share in (50, 95, 99)}


def _percentile(ticks: Counter[int], share: float) -> int:
    left = share * ticks.total()
    for tick in sorted(ticks):
        left -= ticks[tick]
        if left <= 0:
            return tick
    return 0


def rate(count: int, seconds: int) -> float:
    return round(count / seconds, 1)


def per_cpu_second(count: int, cpu: Mapping[str, float]) -> float | None:
    """None where the server or its database is not seen from here."""
    spent = paid(cpu)
    return round(count / spent, 1) if spent else None


def each_ms(count: int, cpu: Mapping[str, float]) -> float | None:
    """CPU milliseconds of server and database for one."""
    spent = paid(cpu)
    return round(1000 * spent / count, 3) if spent and count else None


def paid(cpu: Mapping[str, float]) -> float | None:
    """CPU seconds of the server and its database."""
    spent = [cpu.get(role, 0.0) for role in PAID_BY]
    return sum(spent) if all(spent) else None


def rounded(cpu: Mapping[str, float]) -> dict[str, float]:
    return {role: round(spent, 2) for role, spent in cpu.items()}


def line(found: Figures) -> str:
    return json.dumps(found)


def table(found: Figures, complaints: Counter[str]) -> str:
    rows = [f"  {name:<22}{_cell(value)}" for name, value in found.items()]
    wrong = [f"  ! {count} times: {what}" for what, count in complaints.most_common(10) if count]
    return "\n".join([*rows, *wrong, ""])


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {part:g}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int | float) else str(value)
