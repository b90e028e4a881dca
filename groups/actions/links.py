"""Links that lead into a group."""

import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from groups import queries, rules
from groups.actions.entering import admit
from groups.actions.hall import held
from groups.actions.requests import ask, asked
from groups.errors import LinkGone, TooManyLinks
from groups.models import JoinRequest, Link
from messaging.models import Member


class Terms(NamedTuple):
    expires_at: datetime | None = None
    most_uses: int | None = None
    needs_approval: bool = False


def make_link(*, user_id: UUID, group_id: UUID, terms: Terms, now: datetime) -> Link:
    rules.moment(terms.expires_at)
    with held(group_id) as hall:
        hall.may(user_id, "invite")
        if Link.objects.live(now).filter(group_id=group_id).count() >= rules.LINKS:
            raise TooManyLinks
        token = secrets.token_urlsafe(16)
        return Link.objects.create(token=token, group_id=group_id, by_id=user_id, made_at=now, **terms._asdict())


def revoke_link(*, user_id: UUID, group_id: UUID, token: str, now: datetime) -> None:
    """Safe to repeat."""
    with held(group_id) as hall:
        hall.may(user_id, "invite")
        if not Link.objects.filter(group_id=group_id, token=token).exists():
            raise LinkGone
        Link.objects.filter(token=token, revoked_at=None).update(revoked_at=now)


def join(*, user_id: UUID, token: str, message: str, now: datetime) -> tuple[UUID, JoinRequest | None]:
    """By a link: into the group, or to ask its admins. Returns the group. Safe to repeat: who is in uses nothing up."""
    found = Link.objects.filter(token=token).first()
    if found is None:
        raise LinkGone
    with held(found.group_id, user_id, also=queries.admins) as hall:
        if Member.objects.filter(conversation_id=found.group_id, user_id=user_id).exists():
            return found.group_id, None
        if found.needs_approval and (known := asked(found.group_id, user_id, now)):
            return found.group_id, known
        link = Link.objects.live(now).filter(token=token).first()  # of two that want its last use one is second
        if link is None:
            raise LinkGone
        link.uses += 1  # whatever becomes of a request: a link for five brings admins no sixth question
        link.save(update_fields=["uses"])
        if link.needs_approval:
            return link.group_id, ask(hall, user_id, message, now)
        admit(hall, [user_id], by=user_id, via="link", now=now)
        return link.group_id, None
