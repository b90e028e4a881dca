"""What goes in and out, for the doors of friends and for their description."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from django.http import HttpResponse
from msgspec import UNSET, Meta, UnsetType

from friends.spelling import Spelled
from messaging.api.shapes import answer

Limit = Annotated[int, Meta(ge=1, le=200)]
GONE = {204: None}
MOMENT = {"type": "string", "format": "date-time"}
TEXT = {"type": "string"}
PERSON = {
    "type": "object",
    "required": ["id", "username", "display_name"],
    "properties": {"id": {"type": "string", "format": "uuid"}, "username": TEXT, "display_name": TEXT},
}
FRIEND = {
    "type": "object",
    "required": ["person", "remark", "tags", "pinned", "since"],
    "properties": {
        "person": PERSON,
        "remark": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "pinned": {"type": "boolean"},
        "since": MOMENT,
    },
}
REQUEST = {
    "type": "object",
    "required": ["id", "incoming", "person", "message", "source", "asked_at"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "incoming": {"type": "boolean"},
        "person": PERSON,
        "message": TEXT,
        "source": TEXT,
        "asked_at": MOMENT,
    },
}
BLOCK = {"type": "object", "required": ["person", "at"], "properties": {"person": PERSON, "at": MOMENT}}
TAG = {"type": "object", "required": ["name", "friends"], "properties": {"name": TEXT, "friends": {"type": "integer"}}}
NEXT = {"type": ["string", "null"], "description": "The cursor of the next page; null where there is none."}
Row = TypeVar("Row")
Spell = Callable[[Row], Spelled]


class Page(msgspec.Struct):
    """`after` is the `next` of the page before."""

    after: UUID | None = None
    limit: Limit = 100


class FriendsPage(Page):
    tag: str = ""


class Ask(msgspec.Struct):
    user: UUID
    message: str = ""
    source: str = ""


class Notes(msgspec.Struct):
    remark: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET


class Name(msgspec.Struct):
    name: str


def one(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: shape}}


def page(
    rows: Sequence[Row], limit: int, spell: Callable[[Row], Spelled], cursor: Callable[[Row], UUID]
) -> HttpResponse:
    """Rows were asked for with one more than the limit."""
    shown = rows[:limit]
    following = str(cursor(shown[-1])) if len(rows) > limit else None
    return answer(msgspec.json.encode({"items": [spell(row) for row in shown], "next": following}))


def said(**members: Any) -> HttpResponse:
    return answer(msgspec.json.encode(members))
