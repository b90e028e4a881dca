"""The envelope of the socket protocol: one JSON object a text frame, {"type", "id"?, "data"}.

Replies echo `id`. Frames that the server starts, and every `welcome`, `heads` and `entries`, carry `frame`, a number
per socket that the client acknowledges. docs/protocol.md describes it for client developers.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from imserver.errors import DomainError

VERSION: Final = "im.v1.json"
FEATURE_LEVEL: Final = 1
IDS: Final = re.compile(rb'null|-?[0-9]{1,20}|"[ !#-\[\]-~]{0,64}"')


Natural = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Known = Annotated[list[Natural | None], msgspec.Meta(max_length=4)]  # rev, read, peer_read, peer_delivered


class Frame(msgspec.Struct):
    type: str
    id: msgspec.Raw = msgspec.Raw(b"null")
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Hello(msgspec.Struct):
    token: str
    device: dict[str, str] | None = None
    epoch: str | None = None
    heads: dict[UUID, Known] = {}


class Refresh(msgspec.Struct):
    token: str


class Ack(msgspec.Struct):
    frame: Natural


class Nothing(msgspec.Struct):
    pass


class Close:
    """Close codes. Up to 4012 a client reconnects by itself, from 4400 on it stops and tells the person."""

    DRAIN, SLOW, GAP, NO_PONG, RATE = 4001, 4008, 4009, 4010, 4012
    BAD_FRAMES, REAUTHENTICATE, BANNED, REPLACED, TOO_OLD, TOO_MANY = 4400, 4401, 4403, 4409, 4410, 4429


decode_frame = msgspec.json.Decoder(Frame).decode
dumps = msgspec.json.encode


def moment(unix_seconds: float) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def salvaged_id(payload: bytes) -> bytes:
    """The id of a frame that only a lenient parser takes, so that its sender learns which one was refused."""
    try:
        found = dumps(json.loads(payload)["id"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return b"null"
    return found if IDS.fullmatch(found) else b"null"


def reply(kind: bytes, call: bytes, data: bytes) -> bytes:
    return b'{"type":"%b","id":%b,"data":%b}' % (kind, call, data)


def error(call: bytes, problem: DomainError) -> bytes:
    return reply(b"error", call, dumps(problem.as_dict()))


def numbered(kind: bytes, data: bytes, call: bytes = b"") -> bytes:
    """A frame that is to be acknowledged, without its opening brace: the socket puts `frame` before it."""
    return b'"type":"%b",%b"data":%b}' % (kind, b'"id":%b,' % call if call else b"", data)


def spell(data: Mapping[str, Any], **lists: list[bytes]) -> bytes:
    """A JSON object with further members that are lists of spelled items."""
    more = b"".join(b',"%b":[%b]' % (name.encode(), b",".join(items)) for name, items in lists.items())
    return dumps(data)[:-1] + more + b"}"
