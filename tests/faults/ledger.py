"""What everybody sent, what they were told, and, if wanted, all of that as a history that others can check."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.check import Sent


@dataclass
class Ledger:
    recording: bool = False
    sent: dict[str, Sent] = field(default_factory=dict)
    read: Counter[tuple[str, str]] = field(default_factory=Counter)  # (conversation, user): acknowledged read mark
    # When each gateway last acknowledged.
    heard: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    duplicates: int = 0
    retries: int = 0
    open: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        return sum(bool(one.told) for one in self.sent.values())

    def text_of(self, key: str) -> set[str | None]:
        one = self.sent.get(key)
        return {one.text, *one.texts} if one else set()

    def note(self, what: str, who: str, device: str, process: str, **more: Any) -> None:
        """`device` of `who` did something by the gateway `process`."""
        if self.recording:
            at = round(time.monotonic(), 6)
            self.history.append({"what": what, "who": who, "device": device, "process": process, "at": at, **more})

    def export(self, path: Path, logs: dict[str, list[str]]) -> None:
        """One line each operation, in order; and last what every conversation holds."""
        end = [{"what": "final", "conversation": cid, "values": values} for cid, values in logs.items()]
        lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in [*self.history, *end])
        path.write_text(f"[\n{lines}\n]\n")


def value(key: str | None, kind: str, rev: int) -> str:
    """What an entry is in a history: a message is its key; what the server itself wrote has none."""
    return key or f"{kind} at {rev}"


def values(items: Iterable[dict[str, Any]]) -> list[str]:
    return [value(item.get("key"), item["kind"], item["rev"]) for item in items]
