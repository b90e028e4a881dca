"""How friends, requests and blocks are spelled, in an answer and in the self log alike."""

from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from friends.models import Block, Friend, FriendRequest

Spelled = dict[str, Any]


def person(user: User) -> Spelled:
    return {"id": str(user.pk), "username": user.username, "display_name": user.display_name}


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def friend(one: Friend) -> Spelled:
    return {
        "person": person(one.friend),
        "remark": one.remark,
        "tags": one.tags,
        "pinned": one.pinned,
        "since": moment(one.since),
    }


def request(one: FriendRequest, *, incoming: bool) -> Spelled:
    return {
        "id": str(one.pk),
        "incoming": incoming,
        "person": person(one.sender if incoming else one.receiver),
        "message": one.message,
        "source": one.source,
        "asked_at": moment(one.asked_at),
    }


def block(one: Block) -> Spelled:
    return {"person": person(one.blocked), "at": moment(one.at)}
