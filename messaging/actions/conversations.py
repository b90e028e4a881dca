import json
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from accounts import queries as people
from imserver import ids
from messaging import announce, errors, log, rules
from messaging.actions import pairs
from messaging.models import Conversation, Member, Profile
from messaging.rules import Kind, Role
from messaging.writes import Note


@transaction.atomic
def open_direct(*, user_id: UUID, other_id: UUID) -> UUID:
    """The conversation of two people, made where it is missing; with oneself, one's notes. Nobody else sees it yet."""
    if not people.active([user_id, other_id]) >= {user_id, other_id}:
        raise errors.UserNotFound
    conversation_id = rules.pair(user_id, other_id)
    kind = Kind.SELF if user_id == other_id else Kind.DIRECT
    pairs.make([(conversation_id, kind, {user_id, other_id})])
    log.hold([conversation_id])
    mine = Member.objects.filter(user_id=user_id, conversation_id=conversation_id, opened=False)
    mine.update(opened=True, joined_at=Now())
    return conversation_id


@transaction.atomic
def open_group(*, title: str, owner_id: UUID, member_ids: Iterable[UUID]) -> UUID:
    """A group with its first members, who see it from its beginning."""
    users = {owner_id, *member_ids}
    if len(users) > settings.LIMITS["group_members"]:
        raise errors.GroupFull
    if not people.active(users) >= users:
        raise errors.UserNotFound
    logs = pairs.self_logs(users)
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
    announce.record([created, *pairs.told(logs, group_id, "conversation.joined", owner_id)])
    return group_id
