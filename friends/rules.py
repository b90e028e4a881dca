"""What a request may say, how long it lives, and who may write to whom. Pure."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from accounts import rules as people
from friends.errors import BadTag
from imserver.errors import BadRequest, DomainError
from messaging.rules import BLOCKED, NOT_FRIENDS

LIVES: Final = timedelta(days=30)
ASKED_AGAIN: Final = timedelta(days=1)
MESSAGE_LENGTH: Final = 200
SOURCE_LENGTH: Final = 32
TAG_LENGTH: Final = 32
POLICIES: Final = NOT_FRIENDS | BLOCKED


def message(text: str) -> str:
    said = unicodedata.normalize("NFC", people.storable(text)).strip()
    if len(said) > MESSAGE_LENGTH:
        raise BadRequest(f"The message of a request has at most {MESSAGE_LENGTH} characters.")
    return said


def source(text: str) -> str:
    """Where the two met, in a word of the client's: search, group, link ..."""
    if len(text) > SOURCE_LENGTH or not (text == "" or (text.isascii() and text.isprintable())):
        raise BadRequest(f"A source has at most {SOURCE_LENGTH} printable ASCII characters.")
    return text


def remark(text: str) -> str:
    return people.display_name(text) if text else ""


def tag(text: str) -> str:
    try:
        found = people.display_name(text)
    except DomainError as e:
        raise BadTag from e
    if len(found) > TAG_LENGTH:
        raise BadTag
    return found


def tags(texts: Iterable[str]) -> list[str]:
    found = sorted({tag(text) for text in texts})
    if len(found) > settings.LIMITS["friend_tags"]:
        raise BadTag
    return found


def has_expired(asked_at: datetime, now: datetime) -> bool:
    return now - asked_at > LIVES


def denied(*, friends: bool, blocks: bool, is_blocked: bool) -> int:
    """Why one may not write to the other, as bits of Member.denied. Who is blocked is told what a stranger is."""
    strange = is_blocked or (settings.FRIENDS_ONLY and not friends)
    return (NOT_FRIENDS if strange else 0) | (BLOCKED if blocks else 0)
