import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import queries as people
from messaging import announce, errors, log
from messaging.actions import pairs
from messaging.models import Conversation, Member
from messaging.rules import Kind
from messaging.writes import Mark, Marked, Note


@transaction.atomic
def add_members(*, conversation_id: UUID, user_ids: Sequence[UUID], by: UUID) -> list[UUID]:
    """Add people to a group; they see what comes from their joining on. Returns those who were not in it."""
    if not people.active(user_ids) >= set(user_ids):
        raise errors.UserNotFound
    logs = pairs.self_logs(user_ids)
    log.hold([conversation_id, *logs.values()])
    group = _group(conversation_id)
    present = set(_members(conversation_id, user_ids))
    fresh = [user for user in dict.fromkeys(user_ids) if user not in present]
    if group.members + len(fresh) > settings.LIMITS["group_members"]:
        raise errors.GroupFull
    Member.objects.bulk_create(
        [Member(conversation=group, user_id=user, from_rev=group.rev, from_seq=group.seq) for user in fresh]
    )
    Conversation.objects.filter(id=conversation_id).update(members=F("members") + len(fresh))
    joined = [Note(conversation_id, "member.joined", by, content=json.dumps({"user": str(user)})) for user in fresh]
    logs = {user: logs[user] for user in fresh}
    announce.record([*joined, *pairs.told(logs, conversation_id, "conversation.joined", by)])
    return fresh


@transaction.atomic
def remove_members(*, conversation_id: UUID, user_ids: Sequence[UUID], by: UUID) -> list[UUID]:
    """Take people out of a group: nothing with a later rev reaches them. Returns those who were in it."""
    logs = pairs.self_logs(user_ids)
    log.hold([conversation_id, *logs.values()])
    _group(conversation_id)
    gone = _members(conversation_id, user_ids)
    Member.objects.filter(conversation_id=conversation_id, user_id__in=gone).delete()
    Conversation.objects.filter(id=conversation_id).update(members=F("members") - len(gone))
    left = [Note(conversation_id, "member.left", by, content=json.dumps({"user": str(user)})) for user in gone]
    logs = {user: logs[user] for user in gone}
    announce.record([*left, *pairs.told(logs, conversation_id, "conversation.left", by)])
    return gone


def _group(conversation_id: UUID) -> Conversation:
    group = Conversation.objects.filter(id=conversation_id, kind=Kind.GROUP).first()
    if group is None:
        raise errors.NotAMember
    return group


def _members(conversation_id: UUID, user_ids: Iterable[UUID]) -> list[UUID]:
    found = Member.objects.filter(conversation_id=conversation_id, user_id__in=list(user_ids))
    return list(found.order_by("user_id").values_list("user_id", flat=True))


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
