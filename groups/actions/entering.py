"""How somebody comes in, whatever the way: nobody who is banned; what was open between him and the group is closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from friends.errors import AskedRecently
from groups import rules, spelling
from groups.actions.hall import Hall
from groups.errors import BannedFromGroup
from groups.models import Ban, Invitation, JoinRequest, State


def admit(hall: Hall, user_ids: list[UUID], *, by: UUID, via: str, now: datetime) -> list[UUID]:
    """The hall holds these people's logs, and its admins. Returns who came in. Raises BannedFromGroup, GroupFull."""
    hall.check_open()
    if banned := banned_of(hall.id, user_ids, now):
        raise BannedFromGroup(details={"users": [str(user) for user in banned]})
    came = hall.put_in(user_ids, by, via, now)
    answer(hall, State.ACCEPTED, by, now, person__in=came)
    return came


def answer(hall: Hall, state: State, by: UUID, now: datetime, **of: Any) -> None:
    """Whatever is open between the group and these people, or all; the hall holds them, and its admins."""
    invitations = Invitation.objects.filter(group_id=hall.id, state=State.PENDING, **of)
    for invitation in invitations:
        _tell_of_invitation(hall, invitation, by)
    requests = JoinRequest.objects.filter(group_id=hall.id, state=State.PENDING, **of)
    for request in requests:
        _tell_of_request(hall, request, state, by)
    for asked in (invitations, deaf(group_id=hall.id, **of), requests):
        asked.update(state=state, closed_at=now)


def deaf(**named: Any) -> QuerySet[Invitation]:
    """Those of which their person never heard, since he blocks who sent them: to everybody else they look open."""
    return Invitation.objects.filter(state=State.DECLINED, closed_at=None, **named)


def banned_of(group_id: UUID, user_ids: list[UUID], now: datetime) -> list[UUID]:
    found = Ban.objects.live(group_id, now).filter(person__in=user_ids)
    return list(found.order_by("person").values_list("person_id", flat=True))


def close_expired(asked: QuerySet[Any], now: datetime) -> None:
    """Those that nobody answered in time, so that there may be another."""
    asked.filter(state=State.PENDING).update(state=State.EXPIRED, closed_at=now)


def check_asked(closed: QuerySet[Any], now: datetime) -> None:
    """Whoever got a no, or took his question back, waits a day. Raises AskedRecently."""
    last = closed.filter(closed_at__gt=now - rules.ASKED_AGAIN).order_by("-closed_at").first()
    if last:
        wait = last.closed_at + rules.ASKED_AGAIN - now
        details = {"users": [str(last.person_id)]}
        raise AskedRecently(retry_after_ms=int(wait.total_seconds() * 1000), details=details)


def close_invitation(hall: Hall, invitation: Invitation, state: State, by: UUID, now: datetime) -> None:
    _close(invitation, state, now)
    _tell_of_invitation(hall, invitation, by)


def _tell_of_invitation(hall: Hall, invitation: Invitation, by: UUID) -> None:
    hall.tell_person(invitation.person_id, "invitation.closed", by, invitation=str(invitation.pk))


def close_request(hall: Hall, request: JoinRequest, state: State, by: UUID, now: datetime) -> None:
    _close(request, state, now)
    _tell_of_request(hall, request, state, by)


def _tell_of_request(hall: Hall, request: JoinRequest, state: State, by: UUID) -> None:
    """Who asked hears that it is answered; the admins, that nobody has to answer it any more."""
    said: spelling.Spelled = {"request": str(request.pk), "state": state.name.lower()}
    said |= {"person": str(request.person_id), "group": spelling.named(hall.id, hall.title)}
    hall.tell_person(request.person_id, "join.closed", by, **said)
    hall.tell_admins("join.closed", by, **said)


def _close(asked: Invitation | JoinRequest, state: State, now: datetime) -> None:
    asked.state, asked.closed_at = state, now
    asked.save(update_fields=["state", "closed_at"])
