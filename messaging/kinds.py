"""The shapes of what a message may hold, by kind. Members that are not named here are kept as they came.

Lengths count Unicode code points after NFC, offsets and lengths of entities code points of the text as it came.
"""

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from django.conf import settings
from msgspec import Meta

from accounts import rules as people
from imserver.errors import BadContent
from messaging.errors import Empty, FileNotThere, TooLong

LIMITS: Final = settings.LIMITS
_SCHEMES: Final = ("http://", "https://", "mailto:", "tel:")
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Short = Annotated[str, Meta(max_length=256)]
Styles = Literal["bold", "italic", "underline", "strike", "spoiler", "code", "pre", "quote", "link"]


class Entity(msgspec.Struct):
    """A stretch of the text that looks different; a link leads to `url`."""

    type: Styles
    offset: Count
    length: Annotated[int, Meta(ge=1)]
    url: Annotated[str, Meta(max_length=2_048)] = ""
    language: Annotated[str, Meta(max_length=32)] = ""

    def check(self, text: str) -> None:
        if self.offset + self.length > len(text):
            raise BadContent("An entity reaches beyond the text.")
        if (self.type == "link") != bool(self.url) or (self.url and not self.url.lower().startswith(_SCHEMES)):
            raise BadContent("A link has a url of http, https, mailto or tel; nothing else has one.")


Entities = Annotated[list[Entity], Meta(max_length=100)]


class Text(msgspec.Struct):
    text: str
    entities: Entities = []

    def check(self) -> None:
        _check_text(self.text, self.entities, LIMITS["text"])
        if not visible(self.text):
            raise Empty


class _Captioned(msgspec.Struct):
    file: UUID
    caption: str = ""
    entities: Entities = []

    def check(self) -> None:
        _check_text(self.caption, self.entities, LIMITS["caption"])
        raise FileNotThere


class Image(_Captioned, kw_only=True):
    width: Count
    height: Count


class Video(Image, kw_only=True):
    duration_ms: Count


class Audio(_Captioned, kw_only=True):
    """A voice message has its waveform: up to 100 levels from 0 to 31."""

    duration_ms: Count
    voice: bool = False
    waveform: Annotated[list[Annotated[int, Meta(ge=0, le=31)]], Meta(max_length=100)] = []


class File(_Captioned, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=255)]


class Location(msgspec.Struct):
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    accuracy_m: Annotated[float, Meta(ge=0, le=100_000)] = 0
    name: Short = ""


class Contact(msgspec.Struct):
    """A person of this server, or of anywhere else."""

    name: Short
    user: UUID | None = None
    phone: Annotated[str, Meta(pattern=r"^(\+[1-9][0-9]{7,14})?$")] = ""

    def check(self) -> None:
        people.display_name(self.name)
        if not self.user and not self.phone:
            raise BadContent("A contact has a user or a phone.")


class Sticker(msgspec.Struct):
    """One of the host app's own, by the names it gives them."""

    pack: Annotated[str, Meta(min_length=1, max_length=64)]
    sticker: Annotated[str, Meta(min_length=1, max_length=64)]
    emoji: Annotated[str, Meta(max_length=64)] = ""


KINDS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "text": Text,
    "image": Image,
    "video": Video,
    "audio": Audio,
    "file": File,
    "location": Location,
    "contact": Contact,
    "sticker": Sticker,
}
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs", "Mn", "Me"})
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def check(kind: str, content: Mapping[str, Any]) -> None:
    """Raises BadContent, TooLong, Empty, FileNotThere."""
    try:
        found = msgspec.convert(content, KINDS[kind])
    except msgspec.ValidationError as e:
        raise BadContent(f"This is no content of the kind {kind}: {e}") from e
    if checks := getattr(found, "check", None):
        checks()


def _check_text(text: str, entities: list[Entity], most: int) -> None:
    if len(unicodedata.normalize("NFC", text)) > most:
        raise TooLong(f"A text has here at most {most} code points.")
    for entity in entities:
        entity.check(text)


def visible(text: str) -> bool:
    return any(unicodedata.category(c) not in _INVISIBLE and c not in _BLANK for c in text)
