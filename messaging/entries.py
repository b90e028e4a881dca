"""How an entry and the marks are spelled on the wire. Pure: rows in, JSON bytes out."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from messaging.events import name
from messaging.rules import NIL

dumps = msgspec.json.encode


class Row(NamedTuple):
    """An entry as the queries read it; times are Unix milliseconds."""

    conversation: uuid.UUID
    rev: int
    seq: int | None
    kind: int
    sender: uuid.UUID
    key: uuid.UUID | None
    content: str | None
    reply_to: int | None
    mentions: str | None
    target: int | None
    changed_rev: int
    edited_ms: int | None
    created_ms: int
    blanked_by: uuid.UUID | None
    blanked_ms: int | None
    reactions: str | None = None
    pinned: bool = False


@lru_cache(maxsize=4096)
def moment(millis: int) -> str:
    """RFC 3339, UTC, milliseconds."""
    at = datetime.fromtimestamp(millis // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{millis % 1000:03d}Z"


def attributes(reply_to: int | None, mentions: str | None) -> bytes:
    """The optional members of a message, each with its leading comma."""
    found = b"" if reply_to is None else b',"reply_to":%d' % reply_to
    return found if not mentions else found + b',"mentions":' + dumps(mentioned(mentions))


def dropped(mentions: str | None) -> bytes:
    """Who was named and may not be, as a further member of an answer."""
    return b',"mentions_dropped":' + dumps(mentioned(mentions)) if mentions else b""


def mentioned(mentions: str) -> list[str]:
    return ["all" if who == str(NIL) else who for who in mentions.split(",")]


def spell(row: Row, state: bytes | None = None) -> bytes:
    """Any entry from its row; `state` is the spelled target of a change, where the reader may see it."""
    parts = [b'{"rev":%d' % row.rev]
    if row.seq is not None:
        parts.append(b'"seq":%d' % row.seq)
    parts.append(b'"kind":"%b","sender":"%b"' % (name(row.kind).encode(), str(row.sender).encode()))
    if row.key is not None:
        parts.append(b'"key":"%b"' % str(row.key).encode())
    parts.append(b'"content":%b' % (b"null" if row.content is None else row.content.encode()))
    extra = attributes(row.reply_to, row.mentions if row.content is not None else None)
    if row.target is not None:
        extra += b',"target":%d' % row.target
    tail = b'"changed_rev":%d,"created_at":"%b"}' % (row.changed_rev, moment(row.created_ms).encode())
    return b",".join(parts) + extra + _history(row) + (b',"state":' + state if state else b"") + b"," + tail


def _history(row: Row) -> bytes:
    found = b"" if row.edited_ms is None else b',"edited_at":"%b"' % moment(row.edited_ms).encode()
    if row.blanked_by is not None and row.blanked_ms is not None:
        found += b',"recalled":' + dumps({"by": str(row.blanked_by), "at": moment(row.blanked_ms)})
    if row.pinned:
        found += b',"pinned":true'
    return found if row.reactions is None else found + b',"reactions":' + row.reactions.encode()


def veil(item: bytes) -> bytes:
    """A message that its reader deleted for himself, or a change of one, which then has no state."""
    known: dict[str, Any] = msgspec.json.decode(item)
    if "seq" not in known:
        return dumps({name: value for name, value in known.items() if name != "state"})
    shown = {name: known[name] for name in ("rev", "seq", "kind", "sender", "changed_rev", "created_at")}
    return dumps({**shown, "content": None, "hidden": True})


def page(conversation: uuid.UUID, items: Sequence[bytes], **members: Any) -> bytes:
    """The data of an `entries` frame; members that are None stay out."""
    said = dumps({"conversation": conversation} | {name: value for name, value in members.items() if value is not None})
    return said[:-1] + b',"items":[' + b",".join(items) + b"]}"


def marks(conversation: uuid.UUID, user: uuid.UUID, read_seq: int, delivered_seq: int) -> bytes:
    return dumps({"conversation": conversation, "user": user, "read_seq": read_seq, "delivered_seq": delivered_seq})
