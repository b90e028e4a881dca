"""Leaving sheds nothing: who was muted, or had to wait in slow mode, finds that again when he comes back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from groups.models import Former
from messaging.models import Member


def keep(group_id: UUID, user_ids: Iterable[UUID]) -> None:
    """For those who are about to go; the group is held."""
    going = Member.objects.filter(conversation_id=group_id, user_id__in=list(user_ids))
    bound = going.exclude(Q(muted_until=None) & Q(posted_at=None))
    Former.objects.bulk_create(
        [
            Former(group_id=group_id, person_id=one.user_id, muted_until=one.muted_until, posted_at=one.posted_at)
            for one in bound
        ],
        update_conflicts=True,
        unique_fields=["group_id", "person"],
        update_fields=["muted_until", "posted_at"],
    )


def recall(group_id: UUID, user_ids: Iterable[UUID], now: datetime) -> Mapping[UUID, Mapping[str, Any]]:
    """What these people left behind, as fields of Member; it is theirs again."""
    found = list(Former.objects.filter(group_id=group_id, person__in=list(user_ids)))
    Former.objects.filter(group_id=group_id, person__in=[one.person_id for one in found]).delete()
    return {
        one.person_id: {
            "muted_until": one.muted_until if one.muted_until and one.muted_until > now else None,
            "posted_at": one.posted_at,
        }
        for one in found
    }
