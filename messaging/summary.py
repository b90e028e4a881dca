"""How a head is spelled on the wire: where a conversation stands for one person. Pure."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from messaging.entries import Row, dumps, moment, spell
from messaging.rules import Kind, Notify


class HeadRow(NamedTuple):
    """Where a conversation stands, as messaging/heads.py reads it; the columns of its last message follow."""

    conversation: uuid.UUID
    kind: int
    rev: int
    seq: int
    read_seq: int
    unread: int
    mentions: int
    title: str
    peer: uuid.UUID | None
    username: str | None
    name: str | None
    peer_read: int | None
    peer_delivered: int | None
    last_ms: int
    floor_rev: int
    from_rev: int
    said_rev: int | None
    delivered_seq: int
    notify: int
    pinned: bool
    archived: bool
    marked_unread: bool


def head(row: Sequence[Any]) -> bytes:
    """A head, from a row of messaging/heads.py without its first column."""
    width = len(HeadRow._fields)
    found = HeadRow(*row[:width])
    spelled = dumps({**_standing(found), **_peer(found), **_settings(found)})
    if row[width] is None:
        return spelled
    return spelled[:-1] + b',"last":' + spell(Row(*row[width:])) + b"}"


def _standing(found: HeadRow) -> dict[str, Any]:
    said = {
        "conversation": found.conversation,
        "kind": Kind(found.kind).name.lower(),
        "rev": found.rev,
        "seq": found.seq,
        "read_seq": found.read_seq,
        "unread": found.unread,
        "mentions": found.mentions,
        "title": found.title,
        "last_at": moment(found.last_ms),
        "floor_rev": found.floor_rev,
        "from_rev": found.from_rev,
    }
    return {**said, "reset": True} if (found.said_rev or 0) > found.rev else said


def _peer(found: HeadRow) -> dict[str, Any]:
    if found.peer is None:
        return {}
    person = {"id": found.peer, "username": found.username, "display_name": found.name}
    return {"peer": person, "peer_read": found.peer_read, "peer_delivered": found.peer_delivered}


def _settings(found: HeadRow) -> dict[str, Any]:
    """What one has set differs from what is usual: only that is said."""
    said = {"notify": Notify(found.notify).name.lower()} if found.notify else {}
    marks = {"pinned": found.pinned, "archived": found.archived, "marked_unread": found.marked_unread}
    return said | {name: True for name, is_so in marks.items() if is_so}
