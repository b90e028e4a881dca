"""What people do in conversations. One action is one transaction: lock, read, check, change, record.

Every action locks all conversations it touches, self logs included, once, in id order, before anything else, and reads
members in a later statement, so that whatever committed first wins.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from accounts import queries as people
from imserver import ids
from messaging import announce, errors, log, rules
from messaging.log import Draft, Mark, Marked, Note, Outcome
from messaging.models import Conversation, Entry, Member, Mention, Profile, Reaction, Revision
from messaging.rules import Kind, Role


@transaction.atomic
def send(*, draft: Draft) -> Outcome:
    """Append a checked message. A repeated key returns the first result, so clients may retry."""
    outcome = announce.append(draft)
    if error := outcome.refusal():
        raise error
    return outcome


@transaction.atomic
def open_direct(*, user_id: UUID, other_id: UUID) -> UUID:
    """The conversation of two people, made where it is missing; with oneself, one's notes. Shown to nobody yet."""
    if not people.active([user_id, other_id]) >= {user_id, other_id}:
        raise errors.UserNotFound
    conversation_id = rules.pair(user_id, other_id)
    kind = Kind.SELF if user_id == other_id else Kind.DIRECT
    _make([(conversation_id, kind, {user_id, other_id})])
    return conversation_id


def _make(wanted: Iterable[tuple[UUID, Kind, set[UUID]]]) -> None:
    """Conversations whose id is made of their people. Whoever comes second finds them made."""
    ordered = sorted(wanted, key=lambda one: one[0])
    Conversation.objects.bulk_create(
        [Conversation(id=cid, kind=kind, members=len(users)) for cid, kind, users in ordered], ignore_conflicts=True
    )
    log.hold(cid for cid, _, _ in ordered)
    Member.objects.bulk_create(
        [Member(conversation_id=cid, user_id=user) for cid, _, users in ordered for user in sorted(users)],
        ignore_conflicts=True,
    )


def _self_logs(user_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each person's self conversation, made where it is missing."""
    logs = {user: rules.pair(user, user) for user in user_ids}
    known = set(Conversation.objects.filter(id__in=logs.values()).values_list("id", flat=True))
    _make([(own, Kind.SELF, {user}) for user, own in logs.items() if own not in known])
    return logs


@transaction.atomic
def open_group(*, title: str, owner_id: UUID, member_ids: Iterable[UUID]) -> UUID:
    """A group with its first members, who see it from its beginning."""
    users = {owner_id, *member_ids}
    if len(users) > settings.LIMITS["group_members"]:
        raise errors.GroupFull
    if not people.active(users) >= users:
        raise errors.UserNotFound
    logs = _self_logs(users)
    group_id = ids.uuid7()
    Conversation.objects.create(id=group_id, kind=Kind.GROUP, members=len(users))
    Profile.objects.create(conversation_id=group_id, title=title)
    log.hold([group_id, *logs.values()])
    Member.objects.bulk_create(
        [
            Member(conversation_id=group_id, user_id=user, role=Role.OWNER if user == owner_id else Role.MEMBER)
            for user in sorted(users)
        ]
    )
    created = Note(group_id, "group.updated", owner_id, content=json.dumps({"title": title}))
    announce.record([created, *_told(logs, group_id, "conversation.joined", owner_id)])
    return group_id


def _told(logs: dict[UUID, UUID], group_id: UUID, kind: str, actor: UUID) -> list[Note]:
    content = json.dumps({"conversation": str(group_id)})
    return [Note(own, kind, actor, content=content) for own in logs.values()]


@transaction.atomic
def add_members(*, conversation_id: UUID, user_ids: Sequence[UUID], by: UUID) -> list[UUID]:
    """Add people to a group; they see what comes from their joining on. Returns those who were not in it."""
    if not people.active(user_ids) >= set(user_ids):
        raise errors.UserNotFound
    logs = _self_logs(user_ids)
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
    announce.record([*joined, *_told(logs, conversation_id, "conversation.joined", by)])
    return fresh


@transaction.atomic
def remove_members(*, conversation_id: UUID, user_ids: Sequence[UUID], by: UUID) -> list[UUID]:
    """Take people out of a group: nothing with a later rev reaches them. Returns those who were in it."""
    logs = _self_logs(user_ids)
    log.hold([conversation_id, *logs.values()])
    _group(conversation_id)
    gone = _members(conversation_id, user_ids)
    Member.objects.filter(conversation_id=conversation_id, user_id__in=gone).delete()
    Conversation.objects.filter(id=conversation_id).update(members=F("members") - len(gone))
    left = [Note(conversation_id, "member.left", by, content=json.dumps({"user": str(user)})) for user in gone]
    logs = {user: logs[user] for user in gone}
    announce.record([*left, *_told(logs, conversation_id, "conversation.left", by)])
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
def deny(*, conversation_id: UUID, user_id: UUID, bit: int, denied: bool) -> None:
    """A policy's verdict on whether this member may post; each policy has its own bit (errors.REFUSALS)."""
    log.hold([conversation_id])
    denial = F("denied").bitor(bit) if denied else F("denied").bitand(~bit)
    Member.objects.filter(conversation_id=conversation_id, user_id=user_id).update(denied=denial)


@transaction.atomic
def edit(*, user_id: UUID, conversation_id: UUID, seq: int, content: bytes, now: datetime) -> int:
    """Replace the content of one's own message. Returns the rev of the change; the older text is kept for staff."""
    log.hold([conversation_id])
    member, message = _message(user_id, conversation_id, seq)
    if bits := member.refused(now):
        raise errors.refusal(bits)
    rules.check_edit(message, user_id, now)
    rules.check_content(message.kind_name, content)
    text = content.decode()
    if message.content == text:
        return message.changed_rev
    [rev] = announce.record([Note(conversation_id, "edit", user_id, seq)])
    Revision.objects.create(conversation_id=conversation_id, seq=seq, rev=rev, content=message.content or "")
    _stored(conversation_id, seq).update(content=text, edited_at=now)
    return rev


@transaction.atomic
def recall(*, user_id: UUID, conversation_id: UUID, seq: int, now: datetime) -> int:
    """Blank a message for everyone, for good. Returns the rev of the change."""
    log.hold([conversation_id])
    member, message = _message(user_id, conversation_id, seq)
    rules.check_recall(message, user_id, member.role, now)
    [rev] = announce.record([Note(conversation_id, "recall", user_id, seq)])
    _stored(conversation_id, seq).update(content=None, mentions=None)
    Conversation.objects.filter(id=conversation_id).update(blanked_rev=rev)
    for attached in (Mention, Reaction):
        attached.objects.filter(conversation_id=conversation_id, seq=seq).delete()
    return rev


def _stored(conversation_id: UUID, seq: int) -> QuerySet[Entry]:
    return Entry.objects.filter(conversation_id=conversation_id, seq=seq)


def _message(user_id: UUID, conversation_id: UUID, seq: int) -> tuple[Member, Entry]:
    """Who asks, and the message, as far as this person may see it. The conversation is locked already."""
    member = (
        Member.objects.select_related("conversation").filter(user_id=user_id, conversation_id=conversation_id).first()
    )
    if member is None:
        raise errors.NotAMember
    if seq <= max(member.from_seq, member.hidden_before):
        raise errors.MessageNotFound
    if seq <= member.conversation.floor_seq:
        raise errors.Archived
    message = Entry.objects.filter(conversation_id=conversation_id, seq=seq).first()
    if message is None:
        raise errors.MessageNotFound
    return member, message


@transaction.atomic
def mark(*, user_id: UUID, conversation_id: UUID, read_seq: int) -> Marked:
    """Move one's read mark forward; never back, never beyond the newest message."""
    found = log.mark([Mark(conversation_id, user_id, read_seq)])
    if not found:
        raise errors.NotAMember
    announce.marks(found)
    return found[0]
