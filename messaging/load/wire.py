"""The frames of the socket protocol, as far as the load tool needs them; read in one pass, written from templates."""

import secrets
import time
from collections.abc import Iterable, Mapping, Sequence

import msgspec

SUBPROTOCOL = "im.v1.json"
DIGITS = 20
"""Each text begins with the time at which it was sent, in as many digits."""
PONG = b'{"type":"pong"}'
_STEP = secrets.randbits(46)
_HELLO = b'{"type":"hello","id":0,"data":%b}'
_WATCH = b'{"type":"presence.watch","id":1,"data":{"users":%b}}'
_PULL = b'{"type":"pull","id":%d,"data":{"conversation":"%b","after_rev":%d}}'
_SEND = (
    '{"type":"message.send","id":%%d,"data":{"conversation":"%s","key":"%%s","kind":"text",'
    '"content":{"text":"%%0{digits}d%s"}}}'
).replace("{digits}", str(DIGITS))


class Content(msgspec.Struct, gc=False):
    text: str = ""


class Item(msgspec.Struct, gc=False):
    rev: int
    key: str = ""
    content: Content | None = None


class Head(msgspec.Struct, gc=False):
    conversation: str
    rev: int
    read_seq: int = 0
    peer_read: int | None = None
    peer_delivered: int | None = None


class Run(msgspec.Struct, gc=False):
    conversation: str
    items: list[Item]
    prev: int = -1
    head: int = 0


class Accepted(msgspec.Struct, gc=False):
    rev: int = 0
    prev: int = 0
    duplicate: bool = False


class Limits(msgspec.Struct, gc=False):
    presence_grace_s: int = 0


class Start(msgspec.Struct, gc=False):
    heads: list[Head] = []
    left: list[str] = []
    more: bool = False
    reset: bool = False
    limits: Limits | None = None


class Move(msgspec.Struct, gc=False):
    user: str
    online: bool
    last_seen_at: str | None = None


class Moves(msgspec.Struct, gc=False):
    items: list[Move]


class Refusal(msgspec.Struct, gc=False):
    code: str = ""


class Framed(msgspec.Struct, gc=False):
    """Every frame that the server numbers; the type of those the tool does not look into."""

    type: str
    frame: int = 0


class Entries(msgspec.Struct, gc=False, tag="entries"):
    """Live ones, and the answer to a pull."""

    data: Run
    frame: int
    id: int | None = None


class Ok(msgspec.Struct, gc=False, tag="ok"):
    id: int
    data: Accepted
    frame: int = 0


class Welcome(msgspec.Struct, gc=False, tag="welcome"):
    data: Start
    frame: int


class Failure(msgspec.Struct, gc=False, tag="error"):
    data: Refusal
    id: int | str | None = None
    frame: int = 0


class Ping(msgspec.Struct, gc=False, tag="ping"):
    frame: int = 0


class Presence(msgspec.Struct, gc=False, tag="presence"):
    data: Moves
    frame: int


class Marks(msgspec.Struct, gc=False, tag="marks"):
    frame: int = 0


Known = Entries | Ok | Welcome | Failure | Ping | Presence | Marks
Frame = Known | Framed
_known: "msgspec.json.Decoder[Known]" = msgspec.json.Decoder(Known)
_other = msgspec.json.Decoder(Framed)


def read(payload: bytes) -> Frame:
    """Raises msgspec.DecodeError where the server wrote what the protocol does not know."""
    try:
        return _known.decode(payload)
    except msgspec.ValidationError:
        found = _other.decode(payload)
        if found.type in ("entries", "ok", "welcome", "error", "presence"):
            raise
        return found


def hello(token: str, epoch: str = "", heads: Mapping[str, Sequence[int | None]] | None = None) -> bytes:
    """Of a new device; or of one that says what it knows."""
    known = {"epoch": epoch, "heads": heads} if epoch else {}
    return _HELLO % msgspec.json.encode({"token": token, **known})


def watch(users: Iterable[str]) -> bytes:
    return _WATCH % msgspec.json.encode(list(users))


def pull(number: int, conversation: str, after_rev: int) -> bytes:
    return _PULL % (number, conversation.encode(), after_rev)


def ack(frame: int) -> bytes:
    return b'{"type":"ack","data":{"frame":%d}}' % frame


def send_template(conversation: str, size: int) -> str:
    """Takes the command's id, the key and the time."""
    return _SEND % (conversation, "x" * (size - DIGITS))


def key() -> str:
    """A UUIDv7 that is unique and cheap: the time, then a counter from a random start."""
    global _STEP  # noqa: PLW0603
    _STEP += 1
    millis = time.time_ns() // 1_000_000
    return f"{millis >> 16:08x}-{millis & 0xFFFF:04x}-7000-8000-{_STEP:012x}"
