"""What was promised against what is there. Pure: it is fed records, and finds what is lost, doubled, swapped, missing.

The log is numbered without holes, has each acknowledged message exactly where its sender was told, and one entry a key;
whoever was answered before another began stands before him; each device has seen every entry once, in order.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Told(NamedTuple):
    """An acknowledgement: where the message stands."""

    rev: int
    seq: int
    created_at: str
    duplicate: bool
    at: float  # when it was heard


@dataclass
class Sent:
    """A message as its sender knows it."""

    key: str
    conversation: str
    sender: str
    text: str
    began: float
    told: list[Told] = field(default_factory=list)
    texts: set[str | None] = field(default_factory=set)  # what edits and recalls may have made of it
    refused: str = ""


class Row(NamedTuple):
    """An entry as PostgreSQL has it."""

    rev: int
    seq: int | None
    kind: str
    sender: str
    key: str | None
    target: int | None
    text: str | None
    created_at: str


Log = Mapping[str, Sequence[Row]]


def fingerprint(kind: str, seq: int | None, sender: str, key: str | None, target: int | None) -> int:
    return hash((kind, seq, sender, key, target))


@dataclass
class View:
    """What one device has seen of one conversation: revs in the order of their coming, and what they were."""

    after: int = 0
    revs: "array[int]" = field(default_factory=lambda: array("q"))
    prints: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, rev: int, print_: int) -> None:
        self.revs.append(rev)
        self.prints.append(print_)


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def all(self) -> list[tuple[str, str]]:
        return [(name, line) for name, lines in vars(self).items() for line in lines]


def check_log(sent: Iterable[Sent], log: Log, found: Findings) -> None:
    for conversation, rows in log.items():
        _check_numbers(conversation, rows, found)
    places = _places(log)
    known = {one.key: one for one in sent}
    for key, where in places.items():
        if len(where) > 1:
            found.doubled.append(f"key {key} stands in the log {len(where)} times: {[(c, r.rev) for c, r in where]}")
    found.other += [f"key {key} was sent by nobody, but is stored" for key in places.keys() - known.keys()]
    for one in known.values():
        _check_message(one, places.get(one.key, []), found)
    _check_sequence(known.values(), found)


def _places(log: Log) -> dict[str, list[tuple[str, Row]]]:
    found: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for conversation, rows in log.items():
        for row in rows:
            if row.key:
                found[row.key].append((conversation, row))
    return found


def _check_numbers(conversation: str, rows: Sequence[Row], found: Findings) -> None:
    if [row.rev for row in rows] != list(range(1, len(rows) + 1)):
        found.reordered.append(f"{conversation}: revs have holes or repeat")
    seqs = [row.seq for row in rows if row.seq is not None]
    if seqs != list(range(1, len(seqs) + 1)):
        found.reordered.append(f"{conversation}: seqs have holes or repeat")


def _check_message(one: Sent, where: Sequence[tuple[str, Row]], found: Findings) -> None:
    if not one.told:
        found.other.append(f"{one.key} of {one.sender} was never acknowledged {one.refused}")
    elif not where:
        found.lost.append(f"{one.key} was acknowledged at {one.conversation} rev {one.told[0].rev} and is not stored")
    else:
        _check_place(one, one.told[0], *where[0], found)


def _check_place(one: Sent, first: Told, conversation: str, row: Row, found: Findings) -> None:
    if any(told[:3] != first[:3] for told in one.told):
        found.doubled.append(f"{one.key} was told different places: {one.told}")
    if (conversation, row.rev, row.seq, row.created_at) != (one.conversation, *first[:3]):
        found.reordered.append(f"{one.key} was told {one.conversation} {first}, but stands in {conversation} as {row}")
    if row.sender != one.sender or row.text not in {one.text, *one.texts}:
        found.lost.append(f"{one.key} is stored with another sender or text: {row}")


def _check_sequence(sent: Iterable[Sent], found: Findings) -> None:
    """A message that began after another was acknowledged stands behind it."""
    conversations: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        if one.told:
            conversations[one.conversation].append(one)
    for ones in conversations.values():
        earliest = float("inf")
        for one in sorted(ones, key=lambda one: -one.told[0].rev):
            if earliest < one.began:
                found.reordered.append(f"{one.key} (rev {one.told[0].rev}) began after a later one was acknowledged")
            earliest = min(earliest, *(told.at for told in one.told))


def check_view(device: str, conversation: str, view: View, rows: Sequence[Row], found: Findings) -> None:
    here = f"{device} in {conversation}"
    counts = Counter(view.revs)
    wanted = {row.rev: row for row in rows if row.rev > view.after}
    if twice := [rev for rev, count in counts.items() if count > 1]:
        found.doubled.append(f"{here} saw twice: {twice[:10]}")
    if surplus := sorted(counts.keys() - wanted.keys()):
        found.doubled.append(f"{here} saw entries that are not in the log: {surplus[:10]}")
    if gone := sorted(wanted.keys() - counts.keys()):
        found.missing.append(f"{here} never saw {len(gone)} of {len(wanted)} entries: {gone[:10]}")
    if list(view.revs) != sorted(view.revs):
        found.reordered.append(f"{here}: entries came out of order")
    prints = {rev: fingerprint(row.kind, row.seq, row.sender, row.key, row.target) for rev, row in wanted.items()}
    if odd := [rev for rev, seen in zip(view.revs, view.prints, strict=True) if prints.get(rev, seen) != seen]:
        found.reordered.append(f"{here}: these were something else than what is stored: {odd[:10]}")


def check_states(device: str, state: Mapping[str, Any], fresh: Mapping[str, Any], found: Findings) -> None:
    """What a device has come to know equals what a new device of the same person is told."""
    if state == fresh:
        return
    for conversation in sorted(state.keys() | fresh.keys()):
        mine, theirs = state.get(conversation), fresh.get(conversation)
        if mine != theirs:
            found.unequal.append(f"{device} in {conversation}: {_difference(mine, theirs)}")
            return


def _difference(mine: Any, theirs: Any) -> str:
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping):
        return f"{mine!r} here, {theirs!r} at a new device"[:300]
    for name in mine.keys() | theirs.keys():
        if mine.get(name) != theirs.get(name):
            return f"{name}: {_difference(mine.get(name), theirs.get(name))}"
    return "?"
