"""What goes in and out, for the doors of groups and for their description."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from friends.api.shapes import MOMENT, PERSON, TEXT, Limit

FLAG = {"type": "boolean"}
COUNT = {"type": "integer"}
ID = {"type": "string", "format": "uuid"}
MAYBE = {"type": ["string", "null"], "format": "date-time"}
IDS = {"type": "array", "items": ID}


def shape(**members: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*members], "properties": members}


ANNOUNCEMENT = shape(text=TEXT, number=COUNT, by=ID, at=MOMENT, read=FLAG)
PROFILE = {
    "id": ID,
    "title": TEXT,
    "description": TEXT,
    "members": COUNT,
    "all_history": FLAG,
    "takes_requests": FLAG,
    "members_invite": FLAG,
    "members_mention_all": FLAG,
    "only_admins_post": FLAG,
    "slow_s": COUNT,
    "dismissed": FLAG,
}
GROUP = shape(
    **PROFILE,
    role={"enum": ["member", "admin", "owner"]},
    muted_until=MAYBE,
    announcement={"oneOf": [ANNOUNCEMENT, {"type": "null"}]},
)
INVITED = shape(added=IDS, invited=IDS)
SEAT = shape(person=PERSON, nickname=TEXT, role=TEXT, joined_at=MOMENT, muted_until=MAYBE)
INVITATION = shape(id=ID, group=shape(id=ID, title=TEXT), by=PERSON, at=MOMENT)
PENDING = shape(id=ID, person=PERSON, by=PERSON, at=MOMENT)
JOIN_REQUEST = shape(id=ID, group=ID, title=TEXT, person=PERSON, message=TEXT, at=MOMENT)
LINK = shape(
    token=TEXT,
    by=ID,
    made_at=MOMENT,
    expires_at=MAYBE,
    most_uses={"type": ["integer", "null"]},
    uses=COUNT,
    needs_approval=FLAG,
)
PREVIEW = shape(title=TEXT, description=TEXT, members=COUNT, needs_approval=FLAG)
BAN = shape(person=PERSON, by=PERSON, at=MOMENT, until=MAYBE, reason=TEXT)
JOINED = {"type": "object", "properties": {"group": GROUP, "request": JOIN_REQUEST}}

Moment = Annotated[datetime, Meta(tz=True)]
People = Annotated[list[UUID], Meta(max_length=500)]


class Changes(msgspec.Struct, omit_defaults=True):
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    all_history: bool | UnsetType = UNSET
    takes_requests: bool | UnsetType = UNSET
    members_invite: bool | UnsetType = UNSET
    members_mention_all: bool | UnsetType = UNSET
    only_admins_post: bool | UnsetType = UNSET
    slow_s: int | UnsetType = UNSET


class New(Changes, kw_only=True, omit_defaults=True):
    title: str
    members: People = []


class MembersPage(msgspec.Struct):
    """`after` is the `next` of the page before."""

    after: UUID = UUID(int=0)
    q: Annotated[str, Meta(max_length=64)] = ""
    limit: Limit = 100


class Invite(msgspec.Struct):
    users: People


class Seat(msgspec.Struct, omit_defaults=True):
    role: Literal["member", "admin"] | UnsetType = UNSET
    muted_until: Moment | UnsetType | None = UNSET


class Who(msgspec.Struct):
    user: UUID


class NewBan(msgspec.Struct):
    until: Moment | None = None
    reason: str = ""


class NewLink(msgspec.Struct):
    expires_at: Moment | None = None
    most_uses: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    needs_approval: bool = False


class Ask(msgspec.Struct):
    message: str = ""


class Announcement(msgspec.Struct):
    text: str


class ReadTo(msgspec.Struct):
    number: Annotated[int, Meta(ge=0, le=2**31 - 1)]
