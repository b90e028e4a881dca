"""From tallies to figures: the table for people, the line for programs, the verdict."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from messaging.load.plan import TICKS_PER_MS, Seen, Tally

Figures = dict[str, object]
PAID_BY = ("server", "postgres")
"""The roles whose CPU time the rates per CPU second count."""
FAULTS = ("lost", "duplicated", "reordered", "errors")


@dataclass(frozen=True)
class Stored:
    """What the log holds of one conversation since the run began."""

    rev: int
    revs: int
    messages: int
    seqs: int
    """From the first seq to the last."""
    keys: int


def percentiles(ticks: Counter[int]) -> dict[str, float]:
    return {f"p{share}": _percentile(ticks, share / 100) / TICKS_PER_MS for share in (50, 95, 99)}


def _percentile(ticks: Counter[int], share: float) -> int:
    left = share * ticks.total()
    for tick in sorted(ticks):
        left -= ticks[tick]
        if left <= 0:
            return tick
    return 0


def compare(seen: Seen, stored: Stored) -> Iterator[tuple[str, int]]:
    """Sockets against the log: every stored message reached every socket, every acknowledged one is stored once."""
    yield "lost", seen.missing + sum(max(0, stored.rev - cursor) for cursor in seen.cursors)
    yield "lost", max(0, seen.acked - stored.messages)
    yield "duplicated", max(0, stored.messages - seen.acked - seen.unanswered) + stored.messages - stored.keys
    yield "errors", seen.unanswered
    is_dense = stored.revs == stored.rev - seen.first and stored.messages == stored.seqs
    if not is_dense or any(cursor > stored.rev for cursor in seen.cursors):
        yield "errors", 1


def faults(tally: Tally, log: Mapping[str, Stored]) -> dict[str, int]:
    found = {"lost": 0, "duplicated": tally.duplicated, "reordered": tally.reordered, "errors": tally.errors.total()}
    for seen in tally.rooms:
        for fault, count in compare(seen, log[seen.conversation]):
            found[fault] += count
    return found


def figures(tally: Tally, seconds: int, cpu: Mapping[str, float]) -> Figures:
    return {
        "acked": tally.acked,
        "delivered": tally.delivered,
        "acked_per_s": round(tally.acked / seconds, 1),
        "delivered_per_s": round(tally.delivered / seconds, 1),
        "acked_per_cpu_s": _per_cpu_second(tally.acked, cpu),
        "delivered_per_cpu_s": _per_cpu_second(tally.delivered, cpu),
        "cpu_s": {role: round(spent, 2) for role, spent in cpu.items()},
        "ack_ms": percentiles(tally.ack),
        "delivery_ms": percentiles(tally.delivery),
    }


def _per_cpu_second(count: int, cpu: Mapping[str, float]) -> float | None:
    """None where the server or its database is not seen from here."""
    spent = [cpu.get(role, 0.0) for role in PAID_BY]
    return round(count / sum(spent), 1) if all(spent) else None


def is_clean(found: Figures) -> bool:
    return bool(found["acked"]) and not any(found[fault] for fault in FAULTS)


def line(found: Figures) -> str:
    return json.dumps(found)


def table(found: Figures, complaints: Sequence[str]) -> str:
    rows = [f"  {name:<22}{_cell(value)}" for name, value in found.items()]
    return "\n".join([*rows, *(f"  ! {complaint}" for complaint in complaints), ""])


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {part:g}" for name, part in value.items())
    return f"{value:,}" if isinstance(value, int | float) else str(value)
