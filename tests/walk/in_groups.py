"""What people do with groups, mostly by the door that clients use."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from groups import actions as groups
from messaging.rules import Role
from tests.phone import Json
from tests.walk.turn import STEPS, Call, Step, Turn, by, rest, step

LATER = "2027-12-31T12:00:00Z"
CHANGES: tuple[Json, ...] = (
    {"title": "Choir"}, {"title": "Club"}, {"description": "We sing."}, {"only_admins_post": True},
    {"only_admins_post": False}, {"all_history": True}, {"all_history": False}, {"members_invite": True},
    {"members_mention_all": True}, {"members_mention_all": False},
    {"takes_requests": True}, {"takes_requests": False}, {"slow_s": 1}, {"slow_s": 0},
)  # fmt: skip


def group(method: str, path: str = "", body: Callable[[Turn], Any] = lambda turn: None) -> Callable[[Turn], Call]:
    """In a path and a body, `{other}` is the other person."""
    return lambda turn: (method, f"/v1/groups/{turn.group}{path.format(other=turn.other.id)}", body(turn))


@step("groups.create", weight=1)
async def create(turn: Turn) -> str:
    body = {"title": "Another", "members": [str(turn.other.id)], "takes_requests": True}
    found = await turn.world.answer(turn.me, "POST", "/v1/groups", body)
    turn.world.groups.append(found["group"]["id"])
    return "done"


@step("groups.make_link", weight=2)
async def make_link(turn: Turn) -> str:
    body = {"needs_approval": turn.pick([True, False]), "most_uses": turn.pick([None, 1])}
    group_id = turn.group
    found = await turn.world.answer(turn.me, "POST", f"/v1/groups/{group_id}/links", body)
    turn.world.links.append((group_id, found["link"]["token"]))
    return "done"


def revoked(turn: Turn) -> Call:
    group_id, token = turn.pick(turn.world.links)
    return "DELETE", f"/v1/groups/{group_id}/links/{token}", None


def joined(turn: Turn) -> Call:
    _, token = turn.pick(turn.world.links)
    return "POST", f"/v1/group-links/{token}/join", {"message": "let me in"}


def invitation(method: str, answer: str) -> Callable[[Turn], Call | None]:
    """One's own; taken back by whoever knows of it."""

    def ask(turn: Turn) -> Call | None:
        whose = turn.device if answer else turn.pick(turn.world.devices)
        known = sorted(whose.lists.invitations)
        return (method, f"/v1/group-invitations/{turn.pick(known)}{answer}", None) if known else None

    return ask


@step("groups.pass_on", weight=1)
async def pass_on(turn: Turn) -> None:
    await by(groups.pass_on, user_id=turn.me.id)


def hosted(action: Callable[..., Any], named: Callable[[Turn], Json], weight: float = 1) -> None:
    """By the host app, which manages what it made; here Ann's groups are its own."""

    def do(turn: Turn) -> Awaitable[Any]:
        service, group_id = turn.world.people[0], UUID(turn.group)
        return by(action, service_id=service.id, group_id=group_id, **named(turn))

    STEPS[action.__name__] = Step(do, f"groups.{action.__name__}", weight)


def now(turn: Turn) -> Json:
    return {"now": timezone.now()}


def seats(turn: Turn) -> Json:
    return {"seats": {turn.other.id: turn.pick([None, Role.MEMBER, Role.ADMIN])}, **now(turn)}


hosted(groups.put_members, seats, 2)
hosted(groups.take_members, lambda turn: {"user_ids": [turn.other.id, turn.me.id]}, 1)
hosted(groups.change_for, lambda turn: {"changes": turn.pick(CHANGES), "owner_id": turn.pick([None, turn.other.id])}, 2)
hosted(groups.dismiss_for, now, 0.3)


@step("groups.create_for", weight=1)
async def create_for(turn: Turn) -> None:
    ids = {"service_id": turn.world.people[0].id, "owner_id": turn.me.id}
    made, _ = await by(groups.create_for, **ids, wanted=groups.Wanted("Hosted"), **seats(turn))
    turn.world.groups.append(str(made))


@step("groups.close_by_staff", weight=0.3)
async def close_by_staff(turn: Turn) -> None:
    await by(groups.close_by_staff, group_id=UUID(turn.group), now=timezone.now())


@step("groups.set_limit", weight=1)
async def set_limit(turn: Turn) -> None:
    await by(groups.set_limit, group_id=UUID(turn.group), limit=turn.pick([None, 3]))


rest("invite", "groups.invite", group("POST", "/members", lambda turn: {"users": [str(turn.other.id)]}), 5)
rest("accept", "groups.accept", invitation("POST", "/accept"), 4)
rest("decline", "groups.decline", invitation("POST", "/decline"), 1)
rest("withdraw", "groups.withdraw", invitation("DELETE", ""), 1)
rest("revoke_link", "groups.revoke_link", revoked, 1)
rest("join", "groups.join", joined, 4)
rest("request", "groups.request", group("POST", "/join-requests", lambda turn: {"message": "please"}), 3)
rest("take_back", "groups.take_back", group("DELETE", "/join-requests"), 1)
rest("approve", "groups.approve", group("POST", "/join-requests/{other}/approve"), 3)
rest("decline_request", "groups.decline_request", group("POST", "/join-requests/{other}/decline"), 1)
rest("remove", "groups.remove", group("DELETE", "/members/{other}"), 3)
rest(
    "appoint",
    "groups.appoint",
    group("PATCH", "/members/{other}", lambda turn: {"role": turn.pick(["admin", "member"])}),
    4,
)
rest(
    "mute",
    "groups.mute",
    group("PATCH", "/members/{other}", lambda turn: {"muted_until": turn.pick([LATER, None])}),
    2,
)
rest("ban", "groups.ban", group("PUT", "/bans/{other}", lambda turn: {"reason": "noise"}), 1)
rest("unban", "groups.unban", group("DELETE", "/bans/{other}"), 1)
rest("leave", "groups.leave", group("POST", "/leave"), 3)
rest("transfer", "groups.transfer", group("POST", "/transfer", lambda turn: {"user": str(turn.other.id)}), 1)
rest("dismiss", "groups.dismiss", group("DELETE"), 0.4)
rest("update", "groups.update", group("PATCH", "", lambda turn: turn.pick(CHANGES)), 4)
rest(
    "announce",
    "groups.announce",
    group("PUT", "/announcement", lambda turn: {"text": turn.pick(["Rehearsal at six", "No rehearsal", ""])}),
    2,
)
rest(
    "read_announcement",
    "groups.read_announcement",
    group("POST", "/announcement/read", lambda turn: {"number": turn.number % 4}),
    2,
)
