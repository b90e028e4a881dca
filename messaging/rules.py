"""What may be written, decided without looking anything up."""

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from django.conf import settings
from django.db.models import IntegerChoices

from imserver import ids
from imserver.errors import BadContent, BadRequest
from messaging.errors import Empty, KeyExpired, NotYours, Recalled, TooLate, TooLong, UnknownKind

NIL: Final = uuid.UUID(int=0)
LIMITS: Final = settings.LIMITS
DAY_MS: Final = 86_400_000
DEPTH: Final = 32
SAFE_INTEGER: Final = 2**53 - 1
LONGEST_INTEGER: Final = 17
# Text without an escape, a control character or a second member: nothing in it can break a rule but its length.
_PLAIN: Final = re.compile(rb'\{"text":"[^"\\\x00-\x1f]++"\}')
_GRAPHIC: Final = re.compile(rb"[!-~]")
_ESCAPED_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs", "Mn", "Me"})
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


class Message(Protocol):
    """What the rules ask of a message in the log."""

    content: str | None
    sender_id: uuid.UUID
    created_at: datetime


class Kind(IntegerChoices):
    """Kinds of conversations."""

    DIRECT = 1
    GROUP = 2
    SELF = 3


class Role(IntegerChoices):
    MEMBER = 0
    ADMIN = 1
    OWNER = 2


def pair(one: uuid.UUID, other: uuid.UUID) -> uuid.UUID:
    """The id of the direct conversation of two people, or of one person's self conversation.

    A UUIDv8 (RFC 9562 section 5.8) of SHA-256(low id, high id): it needs no look-up and cannot be made twice.
    """
    low, high = sorted((one.bytes, other.bytes))
    number = int.from_bytes(hashlib.sha256(low + high).digest()[:16], "big")
    return uuid.UUID(int=number & ~(0xF << 76) & ~(3 << 62) | 8 << 76 | 2 << 62)


def place(sender: uuid.UUID, conversation: uuid.UUID | None, to_user: uuid.UUID | None) -> uuid.UUID:
    """The conversation that a send names, directly or by its other person. Raises BadRequest."""
    if (conversation is None) == (to_user is None):
        raise BadRequest("Name either the conversation or to_user.")
    return pair(sender, to_user) if conversation is None and to_user is not None else conversation or NIL


def check_key(key: uuid.UUID, now_ms: int) -> None:
    """A UUIDv7 carries its time, so the 32 days that keys are remembered can be kept exactly."""
    if key.version == ids.VERSION and not now_ms - 30 * DAY_MS <= ids.millis(key) <= now_ms + DAY_MS:
        raise KeyExpired


def check_content(kind: str, content: bytes) -> None:
    """Raise where the client's JSON breaks a rule. What passes is stored as it came."""
    if len(content) > LIMITS["content_bytes"]:
        raise BadContent(f"The content is longer than {LIMITS['content_bytes']} bytes.")
    check = _KINDS.get(kind)
    if check is None:
        raise UnknownKind
    if (
        kind == "text"
        and len(content) <= LIMITS["text"]
        and _PLAIN.fullmatch(content)
        and _GRAPHIC.search(content, 9, len(content) - 2)
    ):
        try:
            content.decode()
        except UnicodeDecodeError as e:
            raise BadContent("The content is not UTF-8.") from e
        return
    check(parse(content))


def parse(content: bytes) -> dict[str, Any]:
    """The JSON object, strictly: no doubled names, NaN, unsafe integers, lone surrogates, U+0000, depth above 32."""
    try:
        text = content.decode()
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_safe, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
    except (ValueError, RecursionError) as e:
        raise BadContent(f"The content is not the JSON we take: {e}"[:200]) from e
    if not isinstance(value, dict):
        raise BadContent("The content must be a JSON object.")
    if "\\u0000" in text and _ESCAPED_NUL.search(text):
        raise BadContent("U+0000 cannot be stored.")
    if _depth(value) > DEPTH:
        raise BadContent(f"The content is nested deeper than {DEPTH}.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member name stands twice")
    return found


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _safe(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER or abs(number := int(digits)) > SAFE_INTEGER:
        raise ValueError("an integer is beyond 2^53-1")
    return number


def _finite(digits: str) -> float:
    if (number := float(digits)) in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def _depth(value: object) -> int:
    """Objects and arrays count, also empty ones; what they hold does not."""
    deepest, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        deepest += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return deepest


def visible(text: str) -> bool:
    return any(unicodedata.category(c) not in _INVISIBLE and c not in _BLANK for c in text)


def _text(content: dict[str, Any]) -> None:
    text = content.get("text")
    if not isinstance(text, str):
        raise BadContent("A text message needs the member text, a string.")
    if len(unicodedata.normalize("NFC", text)) > LIMITS["text"]:
        raise TooLong(f"A text has at most {LIMITS['text']} code points.")
    if not visible(text):
        raise Empty


def _anything(content: dict[str, Any]) -> None:
    if not content:
        raise Empty("A custom message needs at least one member.")


_KINDS: Final[dict[str, Callable[[dict[str, Any]], None]]] = {"text": _text, "custom": _anything}


def check_edit(message: Message, by: uuid.UUID, now: datetime) -> None:
    if message.content is None:
        raise Recalled
    if message.sender_id != by:
        raise NotYours
    if now - message.created_at > timedelta(hours=LIMITS["edit_hours"]):
        raise TooLate


def check_recall(message: Message, by: uuid.UUID, role: int, now: datetime) -> None:
    """Authors for a while, admins and owners without limit."""
    if message.content is None:
        raise Recalled
    if role >= Role.ADMIN:
        return
    if message.sender_id != by:
        raise NotYours
    if now - message.created_at > timedelta(hours=LIMITS["recall_hours"]):
        raise TooLate
