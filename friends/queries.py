"""Reads of friends."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from accounts import queries as people
from accounts.models import User
from accounts.rules import Requests
from friends import rules
from friends.models import Block, Friend, FriendRequest, State
from imserver.database import Query

_SEEN: Final = """
select asked.watcher, person.id, extract(epoch from person.last_seen_at)::float8
from unnest(%s::uuid[], %s::uuid[]) asked(watcher, who)
join accounts_user person on person.id = asked.who and person.is_active
where (asked.watcher = person.id or person.presence = 'all' or (person.presence = 'friends'
    and exists (select from friend f where f.user_id = person.id and f.friend_id = asked.watcher)))
  and not exists (select from block b where b.user_id = person.id and b.blocked_id = asked.watcher)
"""


def friends(user_id: UUID, *, after: UUID | None, tag: str, limit: int) -> QuerySet[Friend]:
    """In order of the friend's id."""
    found = Friend.objects.filter(user_id=user_id).select_related("friend").order_by("friend_id")
    if after:
        found = found.filter(friend_id__gt=after)
    if tag:
        found = found.filter(tags__contains=[tag])
    return found[:limit]


def requests(user_id: UUID, *, before: UUID | None, now: datetime, limit: int) -> QuerySet[FriendRequest]:
    """Open requests to and from a person, the newest first. Declined ones look open to those who sent them."""
    mine = Q(receiver=user_id, state=State.PENDING) | Q(sender=user_id, state__in=[State.PENDING, State.DECLINED])
    found = FriendRequest.objects.filter(mine, asked_at__gte=now - rules.LIVES)
    if before:
        found = found.filter(pk__lt=before)
    return found.select_related("sender", "receiver").order_by("-pk")[:limit]


def blocks(user_id: UUID, *, after: UUID | None, limit: int) -> QuerySet[Block]:
    found = Block.objects.filter(user_id=user_id).select_related("blocked").order_by("blocked_id")
    return (found.filter(blocked_id__gt=after) if after else found)[:limit]


def tags(user_id: UUID) -> list[tuple[str, int]]:
    """Each tag with how many friends have it, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tag, count(*) from friend, unnest(tags) tag where user_id = %s group by tag order by tag", [user_id]
        )
        found: list[Any] = cursor.fetchall()
    return found


def search(*, by: User, text: str) -> QuerySet[User]:
    """As accounts.queries.search, without those who have blocked the one who asks."""
    return people.search(by=by, text=text, without=Block.objects.filter(blocked=by).values("user_id"))


def blocked_between(one: UUID, other: UUID) -> set[UUID]:
    """Which of the two block the other."""
    found = Block.objects.filter(Q(user=one, blocked=other) | Q(user=other, blocked=one))
    return set(found.values_list("user_id", flat=True))


def are_friends(one: UUID, other: UUID) -> bool:
    return Friend.objects.filter(user_id=one, friend_id=other).exists()


def takes_requests(user_id: UUID, of: UUID) -> bool:
    """Whether a person wants to be asked by this one."""
    wish = User.objects.values_list("friend_requests", flat=True).get(pk=user_id)
    if wish == Requests.FRIENDS_OF_FRIENDS:
        known = Friend.objects.filter(user_id=of).values("friend_id")
        return Friend.objects.filter(user_id=user_id, friend_id__in=known).exists()
    return bool(wish == Requests.ALL)


def seen(pairs: Iterable[tuple[str, str]]) -> Query[dict[str, dict[str, float | None]]]:
    """When each person was last here (Unix seconds), by who may see that, asked as (watcher, person)."""
    asked = list(pairs)
    rows = yield (_SEEN, [[watcher for watcher, _ in asked], [person for _, person in asked]])
    found: dict[str, dict[str, float | None]] = {}
    for watcher, person, seen_at in rows:
        found.setdefault(str(person), {})[str(watcher)] = seen_at
    return found


def counts(user_ids: Iterable[UUID]) -> list[int]:
    return [Friend.objects.filter(user_id=user_id).count() for user_id in user_ids]
