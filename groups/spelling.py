"""How groups are spelled on the wire, in answers and in the entries that tell of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from friends.spelling import moment, person
from groups import rules
from groups.models import Ban, Group, Invitation, JoinRequest, Link
from groups.queries import Hosted, Seat, Seen
from messaging.models import Conversation
from messaging.rules import Role

Spelled = dict[str, Any]


def group(seen: Seen) -> Spelled:
    found, conversation = seen.group, seen.conversation
    announced = (
        found.announced_at
        and found.announcement
        and {
            "text": found.announcement,
            "number": found.announcement_number,
            "by": str(found.announced_by),
            "at": moment(found.announced_at),
            "read": seen.read >= found.announcement_number,
        }
    )
    said = {
        "role": Role(seen.role).name.lower(),
        "muted_until": maybe(seen.muted_until),
        "announcement": announced or None,
    }
    return profile(found, conversation, seen.title) | said


def profile(found: Group, conversation: Conversation, title: str) -> Spelled:
    """What is the same for everybody."""
    return {
        "id": str(found.pk),
        "title": title,
        "description": found.description,
        "members": conversation.members,
        "all_history": found.all_history,
        "takes_requests": found.takes_requests,
        "members_invite": found.members_invite,
        "members_mention_all": conversation.mention_role == Role.MEMBER,
        "only_admins_post": conversation.post_role == Role.ADMIN,
        "slow_s": conversation.slow_s,
        "dismissed": found.dismissed_at is not None,
    }


def hosted(one: Hosted) -> Spelled:
    """As the host app that made it sees it."""
    owner = one.owner and {"id": str(one.owner.pk), "external_id": one.owner.external_id}
    return profile(one.group, one.conversation, one.title) | {
        "limit": rules.most_members(one.group.limit),
        "owner": owner,
    }


def seat(one: Seat) -> Spelled:
    said = {"person": {"id": str(one.user_id), "username": one.username, "display_name": one.display_name}}
    return said | {
        "nickname": one.nickname,
        "role": Role(one.role).name.lower(),
        "joined_at": moment(one.joined_at),
        "muted_until": maybe(one.muted_until),
    }


def named(group_id: UUID, title: str) -> Spelled:
    return {"id": str(group_id), "title": title}


def invitation(one: Invitation) -> Spelled:
    return {"id": str(one.pk), "group": named(one.group_id, one.title), "by": person(one.by), "at": moment(one.at)}


def invited(one: Invitation) -> Spelled:
    return {"id": str(one.pk), "person": person(one.person), "by": person(one.by), "at": moment(one.at)}


def join_request(one: JoinRequest) -> Spelled:
    found = {"id": str(one.pk), "group": str(one.group_id), "title": one.title, "person": person(one.person)}
    return found | {"message": one.message, "at": moment(one.at)}


def link(one: Link) -> Spelled:
    return {
        "token": one.token,
        "by": str(one.by_id),
        "made_at": moment(one.made_at),
        "expires_at": maybe(one.expires_at),
        "most_uses": one.most_uses,
        "uses": one.uses,
        "needs_approval": one.needs_approval,
    }


def ban(one: Ban) -> Spelled:
    said = {"person": person(one.person), "by": person(one.by), "at": moment(one.at)}
    return said | {"until": maybe(one.until), "reason": one.reason}


def maybe(at: datetime | None) -> str | None:
    return None if at is None else moment(at)
