from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from friends import rules, spelling
from friends.actions.pair import held
from friends.errors import NotAFriend, TagNotFound
from friends.models import Friend
from messaging import actions as messaging
from messaging import log
from messaging.models import Conversation
from messaging.rules import Kind, pair

PAGE = 500
_APPLY = """
update member m set denied = (m.denied & ~3)
  | case when (%s and not exists (select from friend f where f.user_id = m.user_id and f.friend_id = o.user_id))
      or exists (select from block b where b.user_id = o.user_id and b.blocked_id = m.user_id) then 1 else 0 end
  | case when exists (select from block b where b.user_id = m.user_id and b.blocked_id = o.user_id) then 2 else 0 end
from member o
where o.conversation_id = m.conversation_id and o.user_id <> m.user_id and m.conversation_id = any(%s)
"""
_RETAG = """
update friend set tags = array(select distinct t from unnest(array_remove(tags, %s) || %s::varchar[]) t order by t)
where user_id = %s and tags @> array[%s]::varchar[] returning friend_id
"""
_CHANGE: Final[Mapping[str, Callable[[Any], Any]]] = {"remark": rules.remark, "tags": rules.tags, "pinned": bool}


def remove(*, user_id: UUID, friend_id: UUID) -> None:
    """No friends any more, on both sides; what they wrote stays."""
    with held(user_id, friend_id) as pair:
        if not Friend.objects.filter(user_id=user_id, friend_id=friend_id).delete()[0]:
            raise NotAFriend
        Friend.objects.filter(user_id=friend_id, friend_id=user_id).delete()
        for one, other in ((user_id, friend_id), (friend_id, user_id)):
            pair.tell(one, "friend.removed", {"person": str(other)})
        pair.judge()


@transaction.atomic
def update(*, user_id: UUID, friend_id: UUID, changes: Mapping[str, Any]) -> Friend:
    """What one has noted of a friend: remark, tags, pinned; those that are named. The friend never sees it."""
    log.hold([pair(user_id, user_id)])
    friend = Friend.objects.select_related("friend").filter(user_id=user_id, friend_id=friend_id).first()
    if friend is None:
        raise NotAFriend
    checked = {name: _CHANGE[name](value) for name, value in changes.items()}
    if changed := {name: value for name, value in checked.items() if getattr(friend, name) != value}:
        _store(friend, changed)
    return friend


def _store(friend: Friend, changed: Mapping[str, Any]) -> None:
    for name, value in changed.items():
        setattr(friend, name, value)
    Friend.objects.filter(user_id=friend.user_id, friend_id=friend.friend_id).update(**changed)
    messaging.tell(user_id=friend.user_id, kind="friend.updated", contents=[{"friend": spelling.friend(friend)}])


def rename_tag(*, user_id: UUID, tag: str, name: str) -> None:
    """Two tags that come to have one name are one tag."""
    _retag(user_id, tag, [rules.tag(name)])


def remove_tag(*, user_id: UUID, tag: str) -> None:
    _retag(user_id, tag, [])


@transaction.atomic
def _retag(user_id: UUID, tag: str, instead: list[str]) -> None:
    log.hold([pair(user_id, user_id)])
    with connection.cursor() as cursor:
        cursor.execute(_RETAG, [tag, instead, user_id, tag])
        tagged = [friend for (friend,) in cursor.fetchall()]
    if not tagged:
        raise TagNotFound
    friends = Friend.objects.select_related("friend").filter(user_id=user_id, friend_id__in=tagged)
    contents = [{"friend": spelling.friend(friend)} for friend in friends.order_by("friend_id")]
    messaging.tell(user_id=user_id, kind="friend.updated", contents=contents)


def apply(*, after: UUID, friends_only: bool) -> list[UUID]:
    """Judge the next direct conversations anew, in order of id, for when the setting changes. Returns which."""
    rows = Conversation.objects.filter(kind=Kind.DIRECT, pk__gt=after).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:PAGE])
    with transaction.atomic():
        log.hold(ids)
        with connection.cursor() as cursor:
            cursor.execute(_APPLY, [friends_only, ids])
    return ids
