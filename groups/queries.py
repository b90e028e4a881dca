"""Reads of groups."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from friends.models import Block, Friend
from groups import rules
from groups.errors import LinkGone
from groups.models import AnnouncementRead, Ban, Group, Invitation, JoinRequest, Link, State, is_open
from imserver.database import Query
from messaging.errors import NotAMember
from messaging.models import Conversation, Member, Profile
from messaging.rules import Kind, Role

_SEAT: Final[LiteralString] = """
select m.user_id, u.username, u.display_name, m.nickname, m.role, m.joined_at, m.muted_until
"""
_MEMBERS: Final[LiteralString] = (
    _SEAT
    + """
from member m join lateral (select * from accounts_user where id = m.user_id offset 0) u on true
where m.conversation_id = %s and m.user_id > %s order by m.user_id limit %s
"""
)
# By the first of a member's names that fits; the next page begins behind that of the last member of the one before.
_NAMED: Final[LiteralString] = (
    _SEAT
    + """
from member_name n
join lateral (
  select * from member where user_id = n.user_id and conversation_id = n.group_id offset 0) m on true
join lateral (select * from accounts_user where id = n.user_id offset 0) u on true
where n.group_id = %s and n.name < lower(%s::text) || chr(1114111)
  and (n.name, n.user_id) > (coalesce((
    select min(name) from member_name where group_id = %s and user_id = %s and name >= lower(%s::text)
  ), lower(%s::text)), %s)
  and not exists (
    select from member_name o where o.group_id = n.group_id and o.user_id = n.user_id
      and o.name >= lower(%s::text) and o.name < n.name)
order by n.name, n.user_id limit %s
"""
)


class Seat(NamedTuple):
    """A member, as the others see him."""

    user_id: UUID
    username: str
    display_name: str
    nickname: str
    role: int
    joined_at: datetime
    muted_until: datetime | None


def members(group_id: UUID, *, after: UUID, text: str, limit: int) -> Query[list[Seat]]:
    """In order of their ids; with a text those whose user name, name or nickname begins with it, by that name."""
    if text:
        said = unicodedata.normalize("NFC", text)
        rows = yield (_NAMED, [group_id, said, group_id, after, said, said, after, said, limit])
    else:
        rows = yield (_MEMBERS, [group_id, after, limit])
    return [Seat(*row) for row in rows]


def seats(group_id: UUID, user_ids: Sequence[UUID]) -> Query[list[Seat]]:
    rows = yield (
        _SEAT
        + "from member m join accounts_user u on u.id = m.user_id"
        + " where m.conversation_id = %s and m.user_id = any(%s::uuid[]) order by m.user_id",
        [group_id, list(user_ids)],
    )
    return [Seat(*row) for row in rows]


def admins(group_id: UUID) -> list[UUID]:
    """The owner among them."""
    found = Member.objects.filter(conversation_id=group_id, role__gte=Role.ADMIN)
    return list(found.order_by("user_id").values_list("user_id", flat=True))


def concerned(group_id: UUID) -> list[UUID]:
    """By the end of the group, besides its members: its admins, and with whom something is open."""
    found = admins(group_id)
    for asked in (Invitation.objects, JoinRequest.objects):
        found += asked.filter(group_id=group_id, state=State.PENDING).values_list("person_id", flat=True)
    return found


def concerned_by_last(group_id: UUID) -> list[UUID]:
    """The same, where it ends with the member who goes."""
    alone = Conversation.objects.filter(pk=group_id, members=1).exists()
    return concerned(group_id) if alone else []


def title(group_id: UUID) -> str:
    return Profile.objects.values_list("title", flat=True).get(pk=group_id)


def _owners() -> QuerySet[Member]:
    """The owners of groups that have somebody else, too, and are not dismissed."""
    open_groups = Group.objects.filter(dismissed_at=None).values("pk")
    return Member.objects.filter(role=Role.OWNER, conversation__members__gt=1, conversation_id__in=open_groups)


def owned(user_id: UUID) -> list[UUID]:
    found = _owners().filter(user_id=user_id)
    return list(found.order_by("conversation_id").values_list("conversation_id", flat=True))


def gone_owners() -> list[UUID]:
    """Whose account is closed, and who still owns a group with others in it."""
    gone = User.objects.filter(is_active=False).values("pk")
    found = _owners().filter(user_id__in=gone)
    return list(found.order_by("user_id").values_list("user_id", flat=True).distinct())


def heir(group_id: UUID, *, besides: UUID) -> Member | None:
    """The longest-serving admin, else member, of those whose account lives."""
    others = Member.objects.filter(conversation_id=group_id).exclude(user_id=besides)
    living = others.filter(user_id__in=User.objects.active().values("pk"))
    return living.order_by("-role", "joined_at", "user_id").first()


def addable(by: UUID, user_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these wants to be put into groups by this person: never somebody who blocks him."""
    friends = set(Friend.objects.filter(user_id=by, friend_id__in=user_ids).values_list("friend_id", flat=True))
    blocks = blocking(by, user_ids)
    wishes = User.objects.filter(pk__in=user_ids).values_list("pk", "added_to_groups")
    return {
        user for user, wish in wishes if user not in blocks and rules.may_be_added(wish, are_friends=user in friends)
    }


def blocking(whom: UUID, user_ids: Iterable[UUID]) -> set[UUID]:
    found = Block.objects.filter(blocked=whom, user__in=list(user_ids))
    return set(found.values_list("user_id", flat=True))


def invitations_of(user_id: UUID, now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(is_open(now)).filter(person=user_id).select_related("by", "person").order_by("-pk")


def invitations_to(group_id: UUID, now: datetime) -> QuerySet[Invitation]:
    """As those who invite see them: declined in silence looks open."""
    found = Invitation.objects.filter(group_id=group_id, at__gte=now - rules.INVITATION_LIVES, closed_at=None)
    return found.select_related("by", "person").order_by("-pk")


def join_requests_of(user_id: UUID, now: datetime) -> QuerySet[JoinRequest]:
    return JoinRequest.objects.filter(is_open(now)).filter(person=user_id).select_related("person").order_by("-pk")


def join_requests(group_id: UUID, now: datetime) -> QuerySet[JoinRequest]:
    return JoinRequest.objects.filter(is_open(now)).filter(group_id=group_id).select_related("person").order_by("pk")


def links(group_id: UUID, now: datetime) -> QuerySet[Link]:
    return Link.objects.live(now).filter(group_id=group_id).order_by("made_at")


def bans(group_id: UUID, now: datetime) -> QuerySet[Ban]:
    return Ban.objects.live(group_id, now).select_related("person", "by").order_by("at")


class Seen(NamedTuple):
    """A group, as one of its members sees it."""

    group: Group
    conversation: Conversation
    title: str
    role: int
    muted_until: datetime | None
    read: int  # the number of the newest announcement that this member has read


def seen(group_id: UUID, user_id: UUID) -> Seen:
    """Raises NotAMember."""
    member = check_member(group_id, user_id)
    group = Group.objects.filter(pk=group_id).first() or Group(pk=group_id)
    read = AnnouncementRead.objects.filter(group_id=group_id, user_id=user_id).values_list("number", flat=True).first()
    return Seen(group, member.conversation, title(group_id), member.role, member.muted_until, read or 0)


class Hosted(NamedTuple):
    """A group, as the service account that made it sees it."""

    group: Group
    conversation: Conversation
    title: str
    owner: User | None


def hosted(group_id: UUID, service_id: UUID) -> Hosted:
    """Raises NotAMember."""
    group = Group.objects.filter(pk=group_id, made_by=service_id).first()
    if group is None:
        raise NotAMember
    owner = Member.objects.filter(conversation_id=group_id, role=Role.OWNER).values("user_id")
    conversation = Conversation.objects.get(pk=group_id)
    return Hosted(group, conversation, title(group_id), User.objects.filter(pk__in=owner).first())


def check_member(group_id: UUID, user_id: UUID) -> Member:
    """Raises NotAMember."""
    found = Member.objects.select_related("conversation").filter(
        conversation_id=group_id, user_id=user_id, conversation__kind=Kind.GROUP
    )
    if not (member := found.first()):
        raise NotAMember
    return member


def check_right(group_id: UUID, user_id: UUID, right: str) -> None:
    """For reading; raises NotAMember, NeedsRole."""
    seen_as = seen(group_id, user_id)
    if not (right == "invite" and seen_as.group.members_invite):
        rules.check(seen_as.role, right)


def announcement_readers(group_id: UUID, user_id: UUID) -> tuple[int, int]:
    """The number of the newest announcement, and how many have read it; for admins."""
    check_right(group_id, user_id, "announce")
    number = seen(group_id, user_id).group.announcement_number
    members = Member.objects.filter(conversation_id=group_id).values("user_id")
    return number, AnnouncementRead.objects.filter(group_id=group_id, number=number, user_id__in=members).count()


def live_link(token: str, now: datetime, group_id: UUID | None = None) -> Link:
    """Raises LinkGone."""
    found = Link.objects.live(now).filter(token=token).first()
    if found is None or group_id not in (None, found.group_id):
        raise LinkGone
    return found


def preview(link: Link) -> dict[str, object]:
    group = Group.objects.get(pk=link.group_id)
    members = Conversation.objects.values_list("members", flat=True).get(pk=link.group_id)
    found = {"title": title(link.group_id), "description": group.description, "members": members}
    return found | {"needs_approval": link.needs_approval}
