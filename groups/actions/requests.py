"""People who ask to come in, and admins who answer."""

from datetime import datetime
from uuid import UUID

from accounts import queries as people
from groups import queries, rules, spelling
from groups.actions.entering import admit, banned_of, check_asked, close_expired, close_request
from groups.actions.hall import Hall, held
from groups.errors import AlreadyInGroup, BannedFromGroup, JoinGone, NoJoinRequests
from groups.models import Group, JoinRequest, State, is_open
from messaging.errors import NotAMember
from messaging.models import Member


def request(*, user_id: UUID, group_id: UUID, message: str, now: datetime) -> JoinRequest:
    """Ask to come in, where the group takes that. Asked again it is the same request."""
    if not Group.objects.filter(pk=group_id, takes_requests=True).exists():
        raise NotAMember  # a stranger learns of no group that does not want to be known
    with held(group_id, user_id, also=queries.admins) as hall:
        if not hall.group.takes_requests:
            raise NoJoinRequests
        return ask(hall, user_id, message, now)


def ask(hall: Hall, user_id: UUID, message: str, now: datetime) -> JoinRequest:
    """Raises AskedRecently for a day after a no, or after one took it back."""
    hall.check_open()
    if banned_of(hall.id, [user_id], now):
        raise BannedFromGroup
    if Member.objects.filter(conversation_id=hall.id, user_id=user_id).exists():
        raise AlreadyInGroup
    mine = JoinRequest.objects.filter(group_id=hall.id, person=user_id)
    if known := asked(hall.id, user_id, now):
        return known
    close_expired(mine, now)
    check_asked(mine.filter(state__in=[State.DECLINED, State.CANCELLED]), now)
    said = rules.text(message, rules.MESSAGE_LENGTH)
    made = JoinRequest.objects.create(group_id=hall.id, title=hall.title, person_id=user_id, message=said, at=now)
    for to in {user_id, *queries.admins(hall.id)}:
        hall.tell_person(to, "join.requested", user_id, request=spelling.join_request(made))
    return made


def approve(*, user_id: UUID, group_id: UUID, other_id: UUID, now: datetime) -> None:
    """Raises JoinGone, GroupFull, BannedFromGroup."""
    with held(group_id, other_id, also=queries.admins) as hall:
        hall.may(user_id, "approve")
        _open(group_id, other_id, now)
        if other_id not in people.active([other_id]):
            raise JoinGone
        admit(hall, [other_id], by=user_id, via="request", now=now)


def decline(*, user_id: UUID, group_id: UUID, other_id: UUID, now: datetime) -> None:
    with held(group_id, other_id, also=queries.admins) as hall:
        hall.may(user_id, "approve")
        close_request(hall, _open(group_id, other_id, now), State.DECLINED, user_id, now)


def take_back(*, user_id: UUID, group_id: UUID, now: datetime) -> None:
    _open(group_id, user_id, now)  # before the group is asked for: a stranger does not learn whether it is there
    with held(group_id, user_id, also=queries.admins) as hall:
        close_request(hall, _open(group_id, user_id, now), State.CANCELLED, user_id, now)


def _open(group_id: UUID, person_id: UUID, now: datetime) -> JoinRequest:
    found = asked(group_id, person_id, now)
    if found is None:
        raise JoinGone
    return found


def asked(group_id: UUID, person_id: UUID, now: datetime) -> JoinRequest | None:
    """His open request."""
    mine = JoinRequest.objects.filter(is_open(now)).filter(group_id=group_id, person=person_id)
    return mine.select_related("person").first()
