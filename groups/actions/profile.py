"""What a group is called and decides of itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from groups import queries, rules
from groups.actions.entering import answer
from groups.actions.hall import Hall, held
from groups.errors import GroupDismissed
from groups.models import AnnouncementRead, Group, State
from messaging.models import Conversation, Profile
from messaging.rules import CLOSED, NIL, Role


def update(*, user_id: UUID, group_id: UUID, changes: Mapping[str, Any]) -> Group:
    """Title, description and settings; those that are named, each by its own right."""
    checked = {name: rules.CHANGES[name][1](value) for name, value in changes.items()}
    with held(group_id) as hall:
        for name in checked:
            hall.may(user_id, rules.CHANGES[name][0])
        hall.member(user_id)
        change(hall, user_id, checked)
        return hall.group


def change(hall: Hall, by: UUID, checked: Mapping[str, Any]) -> None:
    """Whoever may do so has checked that he may."""
    now = standing(hall)
    if changed := {name: value for name, value in checked.items() if now[name] != value}:
        store(hall.group, changed)
        hall.tell("group.updated", by, **changed)


def standing(hall: Hall) -> dict[str, Any]:
    group, conversation = hall.group, hall.conversation
    return {
        "title": queries.title(group.pk),
        "description": group.description,
        "slow_s": conversation.slow_s,
        "only_admins_post": conversation.post_role == Role.ADMIN,
        "all_history": group.all_history,
        "takes_requests": group.takes_requests,
        "members_invite": group.members_invite,
        "members_mention_all": conversation.mention_role == Role.MEMBER,
    }


def store(group: Group, changed: Mapping[str, Any]) -> None:
    """Each where it belongs: what the log asks on the hot path stands in the conversation."""
    own = {name: value for name, value in changed.items() if hasattr(group, name)}
    for name, value in own.items():
        setattr(group, name, value)
    group.save(update_fields=[*own])
    if "title" in changed:
        Profile.objects.filter(pk=group.pk).update(title=changed["title"])
    conversation = Conversation.objects.filter(pk=group.pk)
    if "slow_s" in changed:
        conversation.update(slow_s=changed["slow_s"])
    if "only_admins_post" in changed:
        conversation.update(post_role=Role.ADMIN if changed["only_admins_post"] else Role.MEMBER)
    if "members_mention_all" in changed:
        conversation.update(mention_role=Role.MEMBER if changed["members_mention_all"] else Role.ADMIN)


def announce(*, user_id: UUID, group_id: UUID, text: str, now: datetime) -> Group:
    """The one announcement of the group, in the place of the one before; empty takes it away."""
    said = rules.text(text, rules.ANNOUNCEMENT_LENGTH)
    with held(group_id) as hall:
        hall.may(user_id, "announce")
        group = hall.group
        if group.announcement == said:
            return group
        group.announcement, group.announced_by, group.announced_at = said, user_id, now
        group.announcement_number += 1
        group.save(update_fields=["announcement", "announced_by", "announced_at", "announcement_number"])
        hall.tell("group.updated", user_id, announcement=said, announcement_number=group.announcement_number)
        return group


def read_announcement(*, user_id: UUID, group_id: UUID, number: int) -> None:
    """One has read it, or a later one. One's other devices hear so."""
    with held(group_id, user_id) as hall:
        hall.member(user_id)
        number = min(number, hall.group.announcement_number)
        known = AnnouncementRead.objects.filter(group_id=group_id, user_id=user_id).first()
        if known and known.number >= number:
            return
        values = {"group_id": group_id, "user_id": user_id, "number": number}
        AnnouncementRead.objects.bulk_create(
            [AnnouncementRead(**values)],
            update_conflicts=True,
            unique_fields=["group_id", "user_id"],
            update_fields=["number"],
        )
        hall.tell_person(user_id, "announcement.read", user_id, group=str(group_id), number=number)


def dismiss(*, user_id: UUID, group_id: UUID, now: datetime) -> None:
    """It stays readable, and is closed for everything else, for good. Safe to repeat."""
    with held(group_id, also=queries.concerned) as hall:
        try:
            hall.may(user_id, "dismiss")
        except GroupDismissed:
            return
        close(hall, user_id, now)


def close_by_staff(*, group_id: UUID, now: datetime) -> bool:
    """The group hears that it is over, and from nobody in particular. Returns whether it was not before."""
    with held(group_id, also=queries.concerned) as hall:
        if hall.group.dismissed_at:
            return False
        close(hall, NIL, now)
        return True


def set_limit(*, group_id: UUID, limit: int | None) -> None:
    """Of its members, by staff; None: the server's. Nobody has to go."""
    with held(group_id) as hall:
        hall.group.limit = limit
        hall.group.save(update_fields=["limit"])


def close(hall: Hall, by: UUID, now: datetime) -> None:
    """The hall holds all who are concerned."""
    hall.group.dismissed_at = now
    hall.group.save(update_fields=["dismissed_at"])
    Conversation.objects.filter(pk=hall.id).update(post_role=CLOSED)
    hall.tell("group.dismissed", by)
    answer(hall, State.CANCELLED, by, now)
