"""What the sockets saw, against the log; and the figures of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from messaging.load.report import Figures, per_cpu_second, percentiles, rate, rounded
from messaging.load.talk.plan import Seen, Tally


@dataclass(frozen=True)
class Stored:
    """What the log holds of one conversation since the run began."""

    rev: int
    revs: int
    messages: int
    seqs: int
    """From the first seq to the last."""
    keys: int


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
        "acked_per_s": rate(tally.acked, seconds),
        "delivered_per_s": rate(tally.delivered, seconds),
        "acked_per_cpu_s": per_cpu_second(tally.acked, cpu),
        "delivered_per_cpu_s": per_cpu_second(tally.delivered, cpu),
        "cpu_s": rounded(cpu),
        "ack_ms": percentiles(tally.ack),
        "delivery_ms": percentiles(tally.delivery),
    }
