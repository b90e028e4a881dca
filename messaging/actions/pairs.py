"""Conversations whose id is made of their people: two who talk, and everybody's self log."""

import json
from collections.abc import Iterable
from uuid import UUID

from messaging import log, rules
from messaging.models import Conversation, Member
from messaging.rules import Kind
from messaging.writes import Note


def make(wanted: Iterable[tuple[UUID, Kind, set[UUID]]]) -> None:
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


def self_logs(user_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each person's self conversation, made where it is missing."""
    logs = {user: rules.pair(user, user) for user in user_ids}
    known = set(Conversation.objects.filter(id__in=logs.values()).values_list("id", flat=True))
    make([(own, Kind.SELF, {user}) for user, own in logs.items() if own not in known])
    return logs


def told(logs: dict[UUID, UUID], group_id: UUID, kind: str, actor: UUID) -> list[Note]:
    content = json.dumps({"conversation": str(group_id)})
    return [Note(own, kind, actor, content=content) for own in logs.values()]
