"""How a host app names people and its groups: bodies of the server's door."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from accounts import queries as people
from accounts.errors import PersonNotFound
from groups.actions import Seats
from groups.api.shapes import COUNT, ID, IDS, PROFILE, Changes, shape
from messaging.rules import Role

AT_ONCE: Final = 1_000
OWNER = shape(id=ID, external_id={"type": ["string", "null"]})
HOSTED = shape(**PROFILE, limit=COUNT, owner={"oneOf": [OWNER, {"type": "null"}]})
PUT: dict[str, Any] = {"added": COUNT, "banned": IDS}
_ROLES: Final = {"member": Role.MEMBER, "admin": Role.ADMIN, UNSET: None}


class Who(msgspec.Struct, omit_defaults=True):
    """A person, by our id or by the host app's own."""

    id: UUID | UnsetType = UNSET
    external_id: Annotated[str, Meta(pattern="^[ -~]{1,128}$")] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.id is UNSET) == (self.external_id is UNSET):
            raise ValueError("Name a person either by id or by external_id.")

    @property
    def name(self) -> UUID | str:
        return self.id if isinstance(self.id, UUID) else str(self.external_id)


class Seated(Who, omit_defaults=True):
    role: Literal["member", "admin"] | UnsetType = UNSET


class New(Changes, kw_only=True, omit_defaults=True):
    title: str
    owner: Who | UnsetType = UNSET
    members: Annotated[list[Seated], Meta(max_length=AT_ONCE)] = []


class Changed(Changes, omit_defaults=True):
    owner: Who | UnsetType = UNSET


class Put(msgspec.Struct):
    members: Annotated[list[Seated], Meta(max_length=AT_ONCE)]


class Taken(msgspec.Struct):
    members: Annotated[list[Who], Meta(max_length=AT_ONCE)]


class Meant(NamedTuple):
    seats: Seats
    owner: UUID | None


def meant(members: Iterable[Who], owner: Who | UnsetType = UNSET, *, active: bool = True) -> Meant:
    """Whom these names mean, in one look. Raises PersonNotFound, which says whom nobody is called so."""
    others = list(members)
    ids = _ids([one.name for one in (*others, owner) if isinstance(one, Who)], active=active)
    seats = {ids[one.name]: _ROLES[getattr(one, "role", UNSET)] for one in others}
    return Meant(seats, ids[owner.name] if isinstance(owner, Who) else None)


def _ids(names: list[UUID | str], *, active: bool) -> dict[UUID | str, UUID]:
    ours, theirs = [one for one in names if isinstance(one, UUID)], [one for one in names if isinstance(one, str)]
    found: dict[UUID | str, UUID] = {}
    for user in people.named(ours, theirs):
        if user.is_active or not active:
            found |= {user.pk: user.pk, user.external_id or user.pk: user.pk}
    if missing := [str(name) for name in names if name not in found]:
        raise PersonNotFound(details={"members": missing})
    return found
