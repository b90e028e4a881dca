"""The inbox in MongoDB against PostgreSQL. How an entry has to look is spelled here anew, after docs/protocol.md."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from pymongo import MongoClient

from tests.faults.check import Findings

Json = dict[str, Any]
HEADS = "select id::text, rev from conversation"
_AT = """to_char({} at time zone 'UTC' + interval '500 us', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
ENTRIES = f"""
select conversation_id::text, rev, seq, kind, sender_id::text, key::text, content, target, changed_rev,
  {_AT.format("edited_at")}, {_AT.format("created_at")} from entry order by conversation_id, rev
"""
KINDS = {1: "text", 32: "edit", 33: "recall", 64: "member.joined", 67: "group.updated", 99: "conversation.joined"}
RECALL = 33
EXAMPLES = 5


class Entry(NamedTuple):
    """As PostgreSQL has it."""

    conversation: str
    rev: int
    seq: int | None
    kind: int
    sender: str
    key: str | None
    content: str | None
    target: int | None
    changed_rev: int
    edited_at: str | None
    created_at: str


class Wanted(NamedTuple):
    """What the inbox should have of it."""

    version: int
    item: Json
    seq: int | None
    target: list[int] | None


Place = tuple[str, int]


def documents() -> list[Json]:
    with _client() as client:
        return list(client[os.environ["MONGO_DATABASE"]]["entries"].find())


def applied() -> defaultdict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    with _client() as client:
        for one in client[os.environ["MONGO_DATABASE"]]["conversations"].find():
            found[str(UUID(bytes=one["_id"][16:]))] = one["applied"]
    return found


def _client() -> MongoClient[Json]:
    return MongoClient(os.environ["MONGO_URL"], uuidRepresentation="standard", serverSelectionTimeoutMS=5_000)


def wanted(rows: Iterable[tuple[Any, ...]]) -> dict[Place, Wanted]:
    entries = {(one.conversation, one.rev): one for one in (Entry(*row) for row in rows)}
    numbers = {(one.conversation, one.seq): one.rev for one in entries.values() if one.seq}
    found = {}
    for place, one in entries.items():
        target = None if one.target is None else [one.target, numbers[one.conversation, one.target]]
        found[place] = Wanted(one.changed_rev, _item(one, entries), one.seq, target)
    return found


def _item(one: Entry, entries: Mapping[Place, Entry]) -> Json:
    said: Json = {"rev": one.rev, "kind": KINDS[one.kind], "sender": one.sender, "changed_rev": one.changed_rev}
    optional = {"seq": one.seq, "key": one.key, "target": one.target, "edited_at": one.edited_at}
    said |= {name: value for name, value in optional.items() if value is not None}
    if one.seq and one.content is None and (change := entries[one.conversation, one.changed_rev]).kind == RECALL:
        said["recalled"] = {"by": change.sender, "at": change.created_at}
    return said | {"content": one.content and json.loads(one.content), "created_at": one.created_at}


def check_inbox(epoch: str, entries: Mapping[Place, Wanted], kept: Iterable[Json], found: Findings) -> None:
    """Each entry once, as it is now, and nothing else."""
    places: defaultdict[Place, list[Json]] = defaultdict(list)
    surplus, unequal = [], []
    for one in kept:
        life, place = _named(one["_id"])
        places[place].append(one)
        expected = entries.get(place)
        if expected is None or life != epoch:
            surplus.append(f"{place}")
        elif difference := _difference(expected, one):
            unequal.append(f"{place}: {difference}")
    twice = [f"{place}: {[(one['_id'], one['version']) for one in ones]}" for place, ones in places.items() if ones[1:]]
    _tell(found.doubled, "these twice", twice)
    _tell(found.doubled, "what nobody wrote", surplus)
    _tell(found.missing, "not", [f"{place}" for place in entries if place not in places])
    _tell(found.unequal, "these otherwise", unequal)


def _named(name: bytes) -> tuple[str, Place]:
    """Epoch, conversation, rev: 16, 16 and 8 bytes."""
    return str(UUID(bytes=name[:16])), (str(UUID(bytes=name[16:32])), int.from_bytes(name[32:], "big"))


def _difference(expected: Wanted, one: Json) -> str:
    there = Wanted(one["version"], json.loads(bytes(one["item"])), one.get("seq"), one.get("target"))
    return "" if there == expected else f"{there} should be {expected}"


def _tell(found: list[str], what: str, examples: list[str]) -> None:
    if examples:
        found.append(f"the inbox has {what}: {len(examples)}, such as {'; '.join(examples[:EXAMPLES])}")
