"""People who are wanted in a group: put in, where they allow it to who invites them, else asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts import queries as people
from groups import queries, rules, spelling
from groups.actions.entering import admit, banned_of, check_asked, close_expired, close_invitation, deaf
from groups.actions.hall import Hall, held
from groups.errors import BannedFromGroup, InvitationGone, NeedsRole
from groups.models import Invitation, State, is_open
from messaging.errors import UserNotFound
from messaging.models import Member


class Invited(NamedTuple):
    added: list[UUID]
    invited: list[UUID]


def invite(*, user_id: UUID, group_id: UUID, other_ids: Sequence[UUID], now: datetime) -> Invited:
    """Safe to repeat. Who blocks the one who invites hears nothing, and seems to be asked like any stranger."""
    wanted = list(dict.fromkeys(other_ids))
    if not people.active(wanted) >= set(wanted):
        raise UserNotFound
    with held(group_id, *wanted, also=queries.admins) as hall:
        hall.may(user_id, "invite")
        if banned := banned_of(group_id, wanted, now):
            raise BannedFromGroup(details={"users": [str(user) for user in banned]})
        inside = Member.objects.filter(conversation_id=group_id, user_id__in=wanted).values_list("user_id", flat=True)
        fresh = [user for user in wanted if user not in set(inside)]
        free = queries.addable(user_id, fresh)
        added = admit(hall, [user for user in fresh if user in free], by=user_id, via="added", now=now)
        asked = [user for user in fresh if user not in free]
        blocking = queries.blocking(user_id, asked)
        for user in asked:
            ask(hall, user_id, user, now, is_deaf=user in blocking)
        return Invited(added, asked)


def ask(hall: Hall, by: UUID, user_id: UUID, now: datetime, *, is_deaf: bool) -> None:
    """For a day a no holds against everybody, and what one took back against oneself. Raises AskedRecently."""
    mine = Invitation.objects.filter(group_id=hall.id, person=user_id)
    if mine.filter(is_open(now)).exists() or (is_deaf and deaf(group_id=hall.id, person=user_id).exists()):
        return
    close_expired(mine, now)
    check_asked(mine.filter(Q(state=State.DECLINED) | Q(state=State.CANCELLED, by=by)), now)
    state = State.DECLINED if is_deaf else State.PENDING
    made = Invitation.objects.create(
        group_id=hall.id, title=hall.title, person_id=user_id, by_id=by, at=now, state=state
    )
    if not is_deaf:
        hall.tell_person(user_id, "invitation.received", by, invitation=spelling.invitation(made))


def accept(*, user_id: UUID, invitation_id: UUID, now: datetime) -> UUID:
    """Come in. Returns the group. Raises InvitationGone, BannedFromGroup, GroupFull, GroupDismissed."""
    found = _mine(user_id, invitation_id)
    with held(found.group_id, user_id, also=queries.admins) as hall:
        _still(invitation_id, now)
        admit(hall, [user_id], by=user_id, via="invitation", now=now)
        return found.group_id


def decline(*, user_id: UUID, invitation_id: UUID, now: datetime) -> None:
    found = _mine(user_id, invitation_id)
    with held(found.group_id, user_id) as hall:
        close_invitation(hall, _still(invitation_id, now), State.DECLINED, user_id, now)


def withdraw(*, user_id: UUID, invitation_id: UUID, now: datetime) -> None:
    """By who invited, or an admin."""
    found = Invitation.objects.filter(pk=invitation_id).first()
    if found is None:
        raise InvitationGone
    with held(found.group_id, found.person_id) as hall:
        member = hall.member(user_id)
        if found.by_id != user_id and member.role < rules.RIGHTS["remove"]:
            raise NeedsRole
        if deaf(group_id=found.group_id).filter(pk=invitation_id).update(state=State.CANCELLED, closed_at=now):
            return
        close_invitation(hall, _still(invitation_id, now), State.CANCELLED, user_id, now)


def _mine(user_id: UUID, invitation_id: UUID) -> Invitation:
    found = Invitation.objects.filter(pk=invitation_id, person=user_id).first()
    if found is None:
        raise InvitationGone
    return found


def _still(invitation_id: UUID, now: datetime) -> Invitation:
    """The group is held: its state is what it is now."""
    found = Invitation.objects.filter(is_open(now)).filter(pk=invitation_id).first()
    if found is None:
        raise InvitationGone
    return found
