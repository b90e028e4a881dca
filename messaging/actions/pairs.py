"""Conversations whose id is made of their people: two who talk, and everybody's self log."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings

from messaging import log, rules
from messaging.actions import seating
from messaging.models import Conversation
from messaging.rules import NOT_FRIENDS, Kind
from messaging.writes import Note

Wanted = tuple[UUID, Kind, set[UUID]]


def make(wanted: Iterable[Wanted]) -> None:
    """Conversations whose id is made of their people. Whoever comes second finds them made, with their members.

    Nothing is held here but what is new, which nobody else sees yet: so the action can still hold all in order of id.
    """
    ordered = sorted(wanted, key=lambda one: one[0])
    seating.make_missing(
        [(cid, kind, len(users)) for cid, kind, users in ordered],
        [seating.Seat(cid, user, _denied(kind)) for cid, kind, users in ordered for user in sorted(users)],
    )


def _denied(kind: Kind) -> int:
    """Friends have their conversation from the beginning of their friendship on: whoever opens one is a stranger."""
    return NOT_FRIENDS if kind == Kind.DIRECT and settings.FRIENDS_ONLY else 0


def hold(one: UUID, other: UUID) -> dict[UUID, UUID]:
    """Two people's direct conversation and self logs, made where they are missing and held. Returns the self logs."""
    direct, logs = rules.pair(one, other), {user: rules.pair(user, user) for user in (one, other)}
    _make_missing([(direct, Kind.DIRECT, {one, other}), *((own, Kind.SELF, {user}) for user, own in logs.items())])
    log.hold([direct, *logs.values()])
    return logs


def self_logs(user_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each person's self conversation, made where it is missing."""
    logs = {user: rules.pair(user, user) for user in user_ids}
    _make_missing([(own, Kind.SELF, {user}) for user, own in logs.items()])
    return logs


def _make_missing(wanted: Sequence[Wanted]) -> None:
    known = set(Conversation.objects.filter(id__in=[one[0] for one in wanted]).values_list("id", flat=True))
    make([one for one in wanted if one[0] not in known])


def told(logs: dict[UUID, UUID], group_id: UUID, kind: str, actor: UUID) -> list[Note]:
    content = json.dumps({"conversation": str(group_id)})
    return [Note(own, kind, actor, content=content) for own in logs.values()]
