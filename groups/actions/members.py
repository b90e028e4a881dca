"""Who is what in a group, and who leaves it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts import queries as people
from groups import queries, rules, spelling
from groups.actions.entering import answer
from groups.actions.hall import Hall, held
from groups.actions.profile import close
from groups.errors import OwnerMustTransfer
from groups.models import Ban, State
from messaging.errors import UserNotFound
from messaging.models import Member
from messaging.rules import Role


def leave(*, user_id: UUID, group_id: UUID, now: datetime) -> None:
    """The owner goes last, or gives the group to somebody else before; with the last member the group ends."""
    with held(group_id, user_id, also=queries.concerned_by_last) as hall:
        member = hall.member(user_id)
        alone = hall.conversation.members == 1
        if member.role == Role.OWNER and not alone and not hall.group.dismissed_at:
            raise OwnerMustTransfer
        if alone and not hall.group.dismissed_at:
            close(hall, user_id, now)
        hall.take_out([user_id], user_id, "left")


def remove(*, user_id: UUID, group_id: UUID, other_id: UUID) -> None:
    """Take a lower role out: nothing with a later rev reaches this person."""
    with held(group_id, other_id) as hall:
        hall.over(user_id, other_id, "remove")
        hall.take_out([other_id], user_id, "removed")


def appoint(*, user_id: UUID, group_id: UUID, other_id: UUID, admin: bool) -> None:
    """Make a member an admin, or an admin a member. Safe to repeat."""
    with held(group_id) as hall:
        other = hall.over(user_id, other_id, "appoint")
        give(hall, user_id, other, Role.ADMIN if admin else Role.MEMBER)


def transfer(*, user_id: UUID, group_id: UUID, other_id: UUID) -> None:
    """Give the group to another member; the owner becomes an admin."""
    with held(group_id) as hall:
        owner, other = hall.may(user_id, "transfer"), hall.other(other_id)
        if owner.user_id != other.user_id:
            give(hall, user_id, other, Role.OWNER)
            give(hall, user_id, owner, Role.ADMIN)


def give(hall: Hall, by: UUID, member: Member, role: Role) -> None:
    """An owner is not muted: nobody could lift it."""
    if member.role != role:
        Member.objects.filter(conversation_id=hall.id, user_id=member.user_id).update(role=role)
        hall.tell("member.role", by, user=str(member.user_id), role=role.name.lower())
    if role == Role.OWNER:
        _silence(hall, by, member, None)


def _silence(hall: Hall, by: UUID, member: Member, until: datetime | None) -> None:
    if member.muted_until != until:
        Member.objects.filter(conversation_id=hall.id, user_id=member.user_id).update(muted_until=until)
        hall.tell("member.muted", by, user=str(member.user_id), until=spelling.maybe(until))


def pass_on(*, user_id: UUID) -> list[UUID]:
    """Somebody is gone for good: each of his groups goes to its longest-serving admin, else member. Returns which."""
    passed = []
    for group_id in queries.owned(user_id):
        with held(group_id) as hall:
            owner = Member.objects.filter(conversation_id=group_id, user_id=user_id, role=Role.OWNER).first()
            heir = owner and queries.heir(group_id, besides=user_id)
            if owner and heir:
                give(hall, user_id, heir, Role.OWNER)
                give(hall, user_id, owner, Role.MEMBER)
                passed.append(group_id)
    return passed


def mute(*, user_id: UUID, group_id: UUID, other_id: UUID, until: datetime | None) -> None:
    """A lower role does not write until then; None lets it write again."""
    rules.moment(until)
    with held(group_id) as hall:
        _silence(hall, user_id, hall.over(user_id, other_id, "mute"), until)


class Reason(NamedTuple):
    """Until when somebody is banned, None for ever, and why."""

    until: datetime | None = None
    text: str = ""


def ban(*, user_id: UUID, group_id: UUID, other_id: UUID, why: Reason, now: datetime) -> Ban:
    """Nobody who is banned comes in, by any way, until then or for ever; who is in, goes."""
    reason = rules.text(why.text, rules.REASON_LENGTH)
    rules.moment(why.until)
    if not people.exist([other_id]):
        raise UserNotFound
    with held(group_id, other_id, also=queries.admins) as hall:
        member = hall.may(user_id, "ban")
        other = Member.objects.filter(conversation_id=group_id, user_id=other_id).first()
        if other:
            rules.check_rank(member.role, other.role)
            hall.take_out([other_id], user_id, "banned")
        answer(hall, State.DECLINED, user_id, now, person=other_id)
        Ban.objects.filter(group_id=group_id, person_id=other_id).delete()
        return Ban.objects.create(
            group_id=group_id, person_id=other_id, by_id=user_id, at=now, until=why.until, reason=reason
        )


def unban(*, user_id: UUID, group_id: UUID, other_id: UUID) -> None:
    """Safe to repeat."""
    with held(group_id) as hall:
        hall.may(user_id, "ban")
        Ban.objects.filter(group_id=group_id, person_id=other_id).delete()
