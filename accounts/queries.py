"""Who people are. The two asynchronous reads serve gateways, many sockets at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import keys
from accounts.errors import AccountInactive, KeyInvalid, PersonNotFound
from accounts.models import ApiKey, User
from imserver import database
from imserver.errors import BadRequest

SHORTEST_SEARCH: Final = 2
FOUND_AT_MOST: Final = 20

_SESSIONS: Final = """
select device.id, person.id, person.username, person.display_name, person.is_active
from unnest(%s::uuid[], %s::uuid[]) as asked (user_id, device_id)
join accounts_device device on device.id = asked.device_id and device.user_id = asked.user_id
join accounts_user person on person.id = device.user_id
"""
_REVOKED: Final = "select session_id, code from revoked where at > clock_timestamp() - make_interval(secs => %s)"


class Person(NamedTuple):
    id: UUID
    username: str
    display_name: str
    is_active: bool


def search(*, by: User, text: str, without: QuerySet[Any]) -> QuerySet[User]:
    """People by the beginning of the user name or by the whole address or number, never oneself, nor some other ids."""
    wanted = text.strip().lower()
    if len(wanted) < SHORTEST_SEARCH:
        raise BadRequest("Say at least two characters.")
    others = User.objects.active().named(wanted).exclude(pk=by.pk).exclude(pk__in=without)
    return others.order_by("username")[:FOUND_AT_MOST]


def key(text: str, now: datetime) -> ApiKey:
    """The live API key that is spelled so, with its service account. Raises KeyInvalid, AccountInactive."""
    spelled = keys.read(text)
    found = spelled and ApiKey.objects.live(now).select_related("user").filter(prefix=spelled.prefix).first()
    if not spelled or not found or not spelled.opens(bytes(found.hashed)):
        raise KeyInvalid
    if not found.user.is_active:
        raise AccountInactive
    return found


def by_external_id(external_id: str) -> User:
    """Raises PersonNotFound."""
    found = User.objects.filter(external_id=external_id).first()
    if found is None:
        raise PersonNotFound
    return found


def named(user_ids: Iterable[UUID], external_ids: Iterable[str] = ()) -> QuerySet[User]:
    """Those whom our ids or a host app's name; closed accounts too.

    Whoever knows an id of ours has met that person in a conversation, where names are no secret.
    """
    return User.objects.filter(Q(pk__in=list(user_ids)) | Q(external_id__in=list(external_ids))).order_by("pk")


def exist(user_ids: Iterable[UUID]) -> bool:
    """Whether anybody of these was ever there."""
    return User.objects.filter(pk__in=user_ids).exists()


def named_in_forwards(user_ids: Iterable[UUID]) -> set[UUID]:
    """Who of these lets it be known that he wrote what others pass on."""
    return set(User.objects.filter(pk__in=user_ids, named_in_forwards=True).values_list("pk", flat=True))


def active(user_ids: Iterable[UUID]) -> set[UUID]:
    return set(User.objects.active().filter(pk__in=user_ids).values_list("pk", flat=True))


async def sessions(pairs: Sequence[tuple[UUID, UUID]]) -> dict[UUID, Person | None]:
    """Whose each device is, asked as (user, device); None where that log-in is over."""
    users, devices = [user for user, _ in pairs], [device for _, device in pairs]
    rows = await database.fetch(_SESSIONS, (users, devices))
    return dict.fromkeys(devices) | {device: Person(*person) for device, *person in rows}


async def revoked_since(seconds: float) -> list[tuple[UUID, int]]:
    """The devices ended in the last `seconds`, each with the code that closes its sockets."""
    return [(device, code) for device, code in await database.fetch(_REVOKED, (seconds,))]
