"""What names may look like, and how long a refresh token lives on after its use."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from accounts.errors import BadName, BadPhone, BadProfile, BadUsername
from imserver.errors import BadContent, BadRequest

PHONE: Final = r"\+[1-9][0-9]{7,14}"
USERNAME: Final = r"[a-z0-9._-]{3,32}"
NAME_LENGTH: Final = 64
EXTERNAL_ID_LENGTH: Final = 128
BIO_LENGTH: Final = 500
_LANGUAGE: Final = r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}"  # the well-formed core of BCP 47
_MARKS_IN_A_ROW: Final = 4
_BIDI: Final = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols by name, but nothing to see
_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})


def storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise BadContent
    return text


def username(text: str) -> str:
    # ASCII first: lower() makes a plain k of U+212A, the Kelvin sign.
    if not text.isascii() or not re.fullmatch(USERNAME, text.lower()):
        raise BadUsername
    return text.lower()


def display_name(text: str) -> str:
    name = unicodedata.normalize("NFC", storable(text).translate(_BIDI)).strip()
    kinds = [unicodedata.category(char) for char in name]
    if not 0 < len(name) <= NAME_LENGTH or not _BREAKS.isdisjoint(kinds):
        raise BadName
    if not any(map(_visible, name, kinds)) or "M" * (_MARKS_IN_A_ROW + 1) in "".join(kind[0] for kind in kinds):
        raise BadName
    return name


def bio(text: str) -> str:
    said = unicodedata.normalize("NFC", storable(text).translate(_BIDI)).strip()
    if len(said) > BIO_LENGTH:
        raise BadProfile(f"A bio has at most {BIO_LENGTH} characters.")
    return said


def email(address: str | None) -> str | None:
    if not address:
        return None
    try:
        validate_email(storable(address))
    except ValidationError as e:
        raise BadRequest("This is no e-mail address.") from e
    return address.lower()


def phone(number: str | None) -> str | None:
    if number and not re.fullmatch(PHONE, number):
        raise BadPhone
    return number or None


def external_id(text: str) -> str:
    if not 0 < len(text) <= EXTERNAL_ID_LENGTH or not text.isascii() or not text.isprintable():
        raise BadRequest(f"An external id has 1 to {EXTERNAL_ID_LENGTH} printable ASCII characters.")
    return text


def username_for(external_id: str) -> str:
    """A user name for somebody who was given none; whoever calls the same gets the same."""
    plain = external_id.lower()
    if re.fullmatch(USERNAME, plain):
        return plain
    return f"u-{hashlib.sha256(external_id.encode()).hexdigest()[:20]}"


def language(tag: str) -> str:
    if tag and not re.fullmatch(_LANGUAGE, storable(tag)):
        raise BadProfile("A language is a BCP 47 tag such as pt-BR.")
    return tag


def time_zone(name: str) -> str:
    if name and name not in available_timezones():
        raise BadProfile("A time zone is an IANA name such as Europe/Lisbon.")
    return name


class Requests(TextChoices):
    """From whom a person takes friend requests."""

    ALL = "all"
    FRIENDS_OF_FRIENDS = "friends_of_friends"
    NOBODY = "nobody"


class Seen(TextChoices):
    """To whom a person shows something of his."""

    ALL = "all"
    FRIENDS = "friends"
    NOBODY = "nobody"


def seen_by() -> Seen:
    """Where nobody needs friends there may be none."""
    return Seen.FRIENDS if settings.FRIENDS_ONLY else Seen.ALL


PROFILE: Final[Mapping[str, Callable[[str], str | None]]] = {
    "display_name": display_name,
    "bio": bio,
    "language": language,
    "time_zone": time_zone,
    "phone": phone,
}


def _visible(char: str, kind: str) -> bool:
    return kind[0] in "LNPS" and char not in _BLANK


def is_replay(*, behind: int, turned_at: datetime, now: datetime) -> bool:
    """Whether a refresh token this many turns behind the newest one is used again too late."""
    return behind > 1 or (behind == 1 and now - turned_at > settings.REFRESH_GRACE)
