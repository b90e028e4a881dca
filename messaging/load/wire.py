"""The frames of the socket protocol, as far as the load tool needs them; read in one pass, written from templates."""

import secrets
import time

import msgspec

SUBPROTOCOL = "im.v1.json"
DIGITS = 20
"""Each text begins with the time at which it was sent, in as many digits."""
PONG = b'{"type":"pong"}'
_STEP = secrets.randbits(46)
_HELLO = '{"type":"hello","id":0,"data":{"token":"%s"}}'
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


class Run(msgspec.Struct, gc=False):
    conversation: str
    items: list[Item]
    prev: int = -1


class Accepted(msgspec.Struct, gc=False):
    rev: int = 0
    prev: int = 0
    duplicate: bool = False


class Heads(msgspec.Struct, gc=False):
    heads: list[Head] = []


class Refusal(msgspec.Struct, gc=False):
    code: str = ""


class Framed(msgspec.Struct, gc=False):
    """Every frame that the server numbers; the type of those the tool does not look into."""

    type: str
    frame: int = 0


class Entries(msgspec.Struct, gc=False, tag="entries"):
    data: Run
    frame: int


class Ok(msgspec.Struct, gc=False, tag="ok"):
    id: int
    data: Accepted
    frame: int = 0


class Welcome(msgspec.Struct, gc=False, tag="welcome"):
    data: Heads
    frame: int


class Failure(msgspec.Struct, gc=False, tag="error"):
    data: Refusal
    id: int | str | None = None
    frame: int = 0


class Ping(msgspec.Struct, gc=False, tag="ping"):
    frame: int = 0


class Marks(msgspec.Struct, gc=False, tag="marks"):
    frame: int = 0


Known = Entries | Ok | Welcome | Failure | Ping | Marks
Frame = Known | Framed
_known: "msgspec.json.Decoder[Known]" = msgspec.json.Decoder(Known)
_other = msgspec.json.Decoder(Framed)


def read(payload: bytes) -> Frame:
    """Raises msgspec.DecodeError where the server wrote what the protocol does not know."""
    try:
        return _known.decode(payload)
    except msgspec.ValidationError:
        found = _other.decode(payload)
        if found.type in ("entries", "ok", "welcome", "error"):
            raise
        return found


def hello(token: str) -> bytes:
    return (_HELLO % token).encode()


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
