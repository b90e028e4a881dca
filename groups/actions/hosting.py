"""Groups of a host app: who is in them is decided there, by a service account, and nobody is asked.

A service account manages the groups that it made. Each of these actions takes the same number of statements, however
many people it names; what concerns many at once is told in one entry.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from groups import queries, rules
from groups.actions.entering import admit, banned_of
from groups.actions.founding import Wanted, checked, once
from groups.actions.hall import Hall, Others, held
from groups.actions.members import give
from groups.actions.profile import change, close, store
from groups.errors import OwnerMustTransfer
from groups.models import Group
from messaging import actions as messaging
from messaging import log
from messaging.actions import pairs
from messaging.actions.membership import ONE_BY_ONE
from messaging.errors import NotAMember
from messaging.models import Member
from messaging.rules import Role

Seats = Mapping[UUID, Role | None]
"""Who is to be in the group, and as what; None: as he is, or as a member."""


class Put(NamedTuple):
    added: list[UUID]
    banned: list[UUID]
    """Left out: the group itself keeps them out."""


def create_for(*, service_id: UUID, owner_id: UUID, wanted: Wanted, seats: Seats, now: datetime) -> tuple[UUID, Put]:
    """Made once by its key. The owner may be the service account itself."""
    wanted = checked(wanted)
    others = {user: role for user, role in seats.items() if user != owner_id}

    def make() -> tuple[UUID, Put]:
        log.hold(pairs.self_logs([owner_id, *others]).values())
        group_id = messaging.open_group(title=wanted.title, owner_id=owner_id, member_ids=[])
        store(Group.objects.create(pk=group_id, made_by=service_id, key=wanted.key), wanted.settings)
        hall = Hall(group_id, [owner_id, *others])
        put = _put(hall, service_id, others, now)
        hall.finish()
        return group_id, put

    group_id, put = once(service_id, wanted.key, make)
    return group_id, put or Put([], [])


def put_members(*, service_id: UUID, group_id: UUID, seats: Seats, now: datetime) -> Put:
    """Safe to repeat. Raises GroupFull, GroupDismissed."""
    with _managed(service_id, group_id, seats) as hall:
        return _put(hall, service_id, seats, now)


def _put(hall: Hall, by: UUID, seats: Seats, now: datetime) -> Put:
    banned = banned_of(hall.id, [*seats], now)
    added = admit(hall, [user for user in seats if user not in set(banned)], by=by, via="import", now=now)
    _appoint(hall, by, seats)
    return Put(added, banned)


def _appoint(hall: Hall, by: UUID, seats: Seats) -> None:
    """The owner stays what he is: see hand_over."""
    named = [user for user, role in seats.items() if role is not None]
    rows = Member.objects.filter(conversation_id=hall.id, user_id__in=named).exclude(role=Role.OWNER)
    moved = {user: seats[user] for user, role in rows.values_list("user_id", "role") if seats[user] != role}
    for role in (Role.MEMBER, Role.ADMIN):
        given = [user for user, wanted in moved.items() if wanted == role]
        Member.objects.filter(conversation_id=hall.id, user_id__in=given).update(role=role)
    if len(moved) > ONE_BY_ONE:
        hall.tell("members.changed", by, roles=len(moved))
        return
    for user, wanted in moved.items():
        hall.tell("member.role", by, user=str(user), role=Role(wanted or 0).name.lower())


def take_members(*, service_id: UUID, group_id: UUID, user_ids: Iterable[UUID]) -> list[UUID]:
    """Returns who was in it. Safe to repeat. Raises OwnerMustTransfer."""
    gone = list(user_ids)
    with _managed(service_id, group_id, gone) as hall:
        if Member.objects.filter(conversation_id=group_id, user_id__in=gone, role=Role.OWNER).exists():
            raise OwnerMustTransfer
        return hall.take_out(gone, service_id, "removed")


def change_for(*, service_id: UUID, group_id: UUID, changes: Mapping[str, Any], owner_id: UUID | None) -> None:
    """Title, description, settings; and with an owner the group is his, who is in it."""
    wanted = {name: rules.CHANGES[name][1](value) for name, value in changes.items()}
    with _managed(service_id, group_id, []) as hall:
        change(hall, service_id, wanted)
        if owner_id:
            _hand_over(hall, service_id, owner_id)


def _hand_over(hall: Hall, by: UUID, owner_id: UUID) -> None:
    new = hall.other(owner_id)
    old = Member.objects.filter(conversation_id=hall.id, role=Role.OWNER).exclude(user_id=owner_id).first()
    give(hall, by, new, Role.OWNER)
    if old:
        give(hall, by, old, Role.ADMIN)


def dismiss_for(*, service_id: UUID, group_id: UUID, now: datetime) -> None:
    """Safe to repeat."""
    with _held(service_id, group_id, [], also=queries.concerned) as hall:
        if not hall.group.dismissed_at:
            close(hall, service_id, now)


@contextmanager
def _managed(service_id: UUID, group_id: UUID, people: Iterable[UUID]) -> Iterator[Hall]:
    """A group that this service account made and that is not dismissed. Raises NotAMember, GroupDismissed."""
    with _held(service_id, group_id, people) as hall:
        hall.check_open()
        yield hall


@contextmanager
def _held(service_id: UUID, group_id: UUID, people: Iterable[UUID], also: Others = queries.admins) -> Iterator[Hall]:
    with held(group_id, *people, also=also) as hall:
        if hall.group.made_by != service_id:
            raise NotAMember
        yield hall
