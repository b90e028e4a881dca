"""`python -m tests.faults.history FILE`: is this the history of append-only lists? Knows nothing of who made it.

FILE is a JSON array of operations on lists ("conversation"), whose values are unique:
- send, ack, refuse: `value` was asked to be appended, is said to stand at place `rev`, will never be there;
- observe: a `device` saw `values`, which stand behind the place `after`;
- final: all `values` of the list at the end.
`at` is a time by one clock. A send without ack or refuse may or may not have happened. For each list this checks that
- a value stands in the final list once, at the place that every ack told, if somebody sent it and nobody refused it;
- what stands earlier was not sent after what stands later had been acknowledged or seen (real-time order);
- whatever was observed is what the final list has there, had been sent before, and no device has a hole.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Operation = dict[str, Any]
NEVER = float("inf")
REST = "REST"  # a door, and no device that sees anything


@dataclass
class List:
    """What is said of one list."""

    sent: dict[str, float] = field(default_factory=dict)  # value: when first
    acks: list[Operation] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    seen: list[Operation] = field(default_factory=list)
    final: list[str] = field(default_factory=list)

    def take(self, one: Operation) -> None:
        match one["what"]:
            case "send":
                self.sent[one["value"]] = min(one["at"], self.sent.get(one["value"], NEVER))
            case "ack":
                self.acks.append(one)
            case "refuse":
                self.refused.add(one["value"])
            case "observe":
                self.seen.append(one)
            case "final":
                self.final = one["values"]
            case other:
                raise ValueError(f"an operation that nobody knows: {other}")

    def check(self) -> Iterator[str]:
        places: dict[str, int] = {}
        for place, value in enumerate(self.final, 1):
            if value in places:
                yield f"doubled: {value} stands at {places[value]} and at {place}"
            places.setdefault(value, place)
        yield from self._acknowledged(places)
        yield from self._origins(places)
        yield from self._observed(places)
        yield from self._holes()
        yield from self._order(places)

    def _acknowledged(self, places: dict[str, int]) -> Iterator[str]:
        for ack in self.acks:
            place = places.get(ack["value"])
            if place is None:
                yield f"lost: {ack['value']} was acknowledged at {ack['rev']}"
            elif place != ack["rev"]:
                yield f"swapped: {ack['value']} was acknowledged at {ack['rev']} and stands at {place}"

    def _origins(self, places: dict[str, int]) -> Iterator[str]:
        """Values with a blank are the server's own."""
        for value in places:
            if value in self.refused:
                yield f"phantom: {value} was refused, and is there"
            elif value not in self.sent and " " not in value:
                yield f"phantom: {value} was sent by nobody"

    def _observed(self, places: dict[str, int]) -> Iterator[str]:
        for one in self.seen:
            for place, value in enumerate(one["values"], one["after"] + 1):
                if places.get(value) != place:
                    kind = "swapped" if value in places else "phantom"
                    yield f"{kind}: {one['device']} saw {value} at {place}, it stands at {places.get(value)}"
                elif self.sent.get(value, -NEVER) > one["at"]:
                    yield f"phantom: {one['device']} saw {value} before it was sent"

    def _holes(self) -> Iterator[str]:
        """From the first that it saw, a device came to know every one. An ack stands for the observation."""
        known: dict[str, set[int]] = defaultdict(set)
        for one in (one for one in self.seen if one["values"]):
            known[one["device"]].update(range(one["after"] + 1, one["after"] + 1 + len(one["values"])))
        for ack in self.acks:
            known[ack["device"]].add(ack["rev"])
        known.pop(REST, None)
        for device, places in known.items():
            if unknown := set(range(min(places), len(self.final) + 1)) - places:
                yield f"lost: {device} never saw {sorted(unknown)[:10]}"

    def _order(self, places: dict[str, int]) -> Iterator[str]:
        """`visible`: when the first of all that stand later was known to be there."""
        known = dict.fromkeys(self.final, NEVER)
        for ack in self.acks:
            known[ack["value"]] = min(ack["at"], known.get(ack["value"], NEVER))
        for one in self.seen:
            for value in one["values"]:
                known[value] = min(one["at"], known.get(value, NEVER))
        visible = NEVER
        for value in reversed(self.final):
            if self.sent.get(value, -NEVER) > visible:
                yield f"swapped: {value} at {places[value]} was sent after a later one was known"
            visible = min(visible, known[value])


def check(operations: list[Operation]) -> list[str]:
    lists: defaultdict[str, List] = defaultdict(List)
    for one in operations:
        lists[one["conversation"]].take(one)
    return [f"{name}: {fault}" for name, found in lists.items() for fault in found.check()]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    operations = json.loads(Path(arguments[0]).read_text())
    faults = check(operations)
    for fault in faults[:50]:
        print(fault)
    counts = Counter(one["what"] for one in operations)
    devices = {(one["who"], one["device"]) for one in operations if one.get("device") not in (None, "", REST)}
    said = ", ".join(f"{what} {count}" for what, count in sorted(counts.items()))
    print(f"{len(operations)} operations of {len(devices)} devices ({said}): {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
