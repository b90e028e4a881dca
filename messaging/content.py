"""What a message may hold, decided without looking anything up."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from imserver.errors import BadContent
from messaging import kinds
from messaging.errors import Empty, UnknownKind
from messaging.events import NUMBERS

LIMITS: Final = settings.LIMITS
DEPTH: Final = 32
SAFE_INTEGER: Final = 2**53 - 1
LONGEST_INTEGER: Final = 17
# Text without an escape, a control character or a second member: nothing in it can break a rule but its length.
_PLAIN: Final = re.compile(rb'\{"text":"[^"\\\x00-\x1f]++"\}')
_GRAPHIC: Final = re.compile(rb"[!-~]")
_ESCAPED_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_NEWER: Final = re.compile(r"[a-z][a-z_]{0,31}")
FORWARDED: Final = "forwarded"


def check_content(kind: str, content: bytes) -> None:
    """Raise where the client's JSON breaks a rule. What passes is stored as it came."""
    if len(content) > LIMITS["content_bytes"]:
        raise BadContent(f"The content is longer than {LIMITS['content_bytes']} bytes.")
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
    found = parse(content)
    if FORWARDED in found:
        raise BadContent("Where a message comes from is said by the server.")
    _check(kind, found)


def _check(kind: str, found: Mapping[str, Any]) -> None:
    if kind in kinds.KINDS:
        kinds.check(kind, found)
    elif kind == "custom" or is_newer(kind):
        _anything(found)
    else:
        raise UnknownKind


def is_newer(kind: str) -> bool:
    """A kind that this release does not know: it is kept, and shown as unsupported by clients that do not either."""
    return kind not in NUMBERS and _NEWER.fullmatch(kind) is not None


def newer(kind: str, content: bytes) -> bytes:
    return b'{"kind":"%b","content":%b}' % (kind.encode(), content)


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


def kept(content: bytes, most: int) -> str:
    """A client's own object, which is only kept for it. Raises BadContent."""
    if len(content) > most:
        raise BadContent(f"This object is longer than {most} bytes.")
    parse(content)
    return content.decode()


def _anything(content: Mapping[str, Any]) -> None:
    if not content:
        raise Empty("A custom message needs at least one member.")
