"""Who is in a group: rows, and the notes that say so. For actions that hold the group and the people's self logs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import F

from messaging import errors
from messaging.actions import pairs, seating
from messaging.models import Conversation, Member, Saved, Star
from messaging.rules import Kind
from messaging.writes import Note

ONE_BY_ONE: Final = 20  # so many are told by name; of more the group hears how many, and its list is read anew


class Moved(NamedTuple):
    """Who came or went, and what is to be recorded of it."""

    users: list[UUID]
    notes: list[Note]


class Way(NamedTuple):
    """How somebody comes or goes: by whom, and what else the notice says of it."""

    by: UUID
    said: Mapping[str, str] = {}
    kept: Mapping[UUID, Mapping[str, Any]] = {}  # what people find again of their last time here: fields of Member
    of_each: Mapping[UUID, Mapping[str, str]] = {}


def group(conversation_id: UUID) -> Conversation:
    """As it is now; the caller holds it. Raises NotAMember, which is also what a stranger hears."""
    found = Conversation.objects.filter(id=conversation_id, kind=Kind.GROUP).first()
    if found is None:
        raise errors.NotAMember
    return found


def present(conversation_id: UUID, user_ids: Iterable[UUID]) -> list[UUID]:
    found = Member.objects.filter(conversation_id=conversation_id, user_id__in=list(user_ids))
    return list(found.order_by("user_id").values_list("user_id", flat=True))


def enter(group: Conversation, logs: Mapping[UUID, UUID], way: Way, *, limit: int, all_history: bool = False) -> Moved:
    """People come in, those who are not in yet; they see what follows, or all of it. Raises GroupFull."""
    inside = set(present(group.pk, logs))
    fresh = [user for user in logs if user not in inside]
    if fresh and group.members + len(fresh) > limit:
        raise errors.GroupFull
    seen = {"read_seq": group.seq} if all_history else {"from_rev": group.rev, "from_seq": group.seq}
    seating.seat([Member(conversation=group, user_id=user, **seen, **way.kept.get(user, {})) for user in fresh], group)
    return _moved(group, fresh, logs, "joined", way)


def leave(group: Conversation, logs: Mapping[UUID, UUID], way: Way) -> Moved:
    """People go, those who are in: nothing with a later rev reaches them, and who comes back finds nothing noted."""
    gone = present(group.pk, logs)
    for noted in (Saved, Star):
        noted.objects.filter(conversation_id=group.pk, user_id__in=gone).delete()
    Member.objects.filter(conversation_id=group.pk, user_id__in=gone).delete()
    return _moved(group, gone, logs, "left", way)


def _moved(group: Conversation, users: list[UUID], logs: Mapping[UUID, UUID], what: str, way: Way) -> Moved:
    change = len(users) if what == "joined" else -len(users)
    Conversation.objects.filter(id=group.pk).update(members=F("members") + change)
    told = pairs.told({user: logs[user] for user in users}, group.pk, f"conversation.{what}", way.by)
    return Moved(users, [*_notices(group, users, what, way), *told])


def _notices(group: Conversation, users: list[UUID], what: str, way: Way) -> list[Note]:
    if len(users) > ONE_BY_ONE:
        return [Note(group.pk, "members.changed", way.by, content=json.dumps({what: len(users), **way.said}))]
    said = [{"user": str(user), **way.said, **way.of_each.get(user, {})} for user in users]
    return [Note(group.pk, f"member.{what}", way.by, content=json.dumps(one)) for one in said]
