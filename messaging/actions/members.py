from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import queries as people
from messaging import announce, errors, log
from messaging.actions import membership, pairs
from messaging.actions.membership import Way
from messaging.models import Member
from messaging.writes import Mark, Marked


@transaction.atomic
def add_members(*, conversation_id: UUID, user_ids: Sequence[UUID], by: UUID) -> list[UUID]:
    """Add people to a group; they see what comes from their joining on. Returns those who were not in it."""
    if not people.active(user_ids) >= set(user_ids):
        raise errors.UserNotFound
    logs = pairs.self_logs(user_ids)
    log.hold([conversation_id, *logs.values()])
    group = membership.group(conversation_id)
    fresh, notes = membership.enter(group, logs, Way(by), limit=settings.LIMITS["group_members"])
    announce.record(notes)
    return fresh


@transaction.atomic
def remove_members(*, conversation_id: UUID, user_ids: Sequence[UUID], by: UUID) -> list[UUID]:
    """Take people out of a group: nothing with a later rev reaches them. Returns those who were in it."""
    logs = pairs.self_logs(user_ids)
    log.hold([conversation_id, *logs.values()])
    gone, notes = membership.leave(membership.group(conversation_id), logs, Way(by))
    announce.record(notes)
    return gone


@transaction.atomic
def deny(*, conversation_id: UUID, user_id: UUID, policies: int, denied: int) -> None:
    """The verdict of some policies, bits of errors.REFUSALS, on whether this member may post: those that deny it."""
    log.hold([conversation_id])
    denial = F("denied").bitand(~policies).bitor(denied & policies)
    Member.objects.filter(conversation_id=conversation_id, user_id=user_id).update(denied=denial)


@transaction.atomic
def mark(*, user_id: UUID, conversation_id: UUID, read_seq: int) -> Marked:
    """Move one's read mark forward; never back, never beyond the newest message."""
    found = log.mark([Mark(conversation_id, user_id, read_seq)])
    if not found:
        raise errors.NotAMember
    announce.marks(found)
    return found[0]
