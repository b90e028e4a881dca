"""What people do with groups, mostly by the door that clients use."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from groups import actions as groups
from messaging.rules import Role
from tests.phone import Json
from tests.walk.turn import STEPS, Call, Step, Turn, by, rest, step

LATER = (timezone.now() + timedelta(days=30)).isoformat()
CHANGES: tuple[Json, ...] = (
    {"title": "Choir"}, {"title": "Club"}, {"description": "We sing."}, {"only_admins_post": True},
    {"only_admins_post": False}, {"all_history": True}, {"all_history": False}, {"members_invite": True},
    {"members_mention_all": True}, {"members_mention_all": False},
    {"takes_requests": True}, {"takes_requests": False}, {"slow_s": 1}, {"slow_s": 0},
)  # fmt: skip


Body = Callable[[Turn], Any]
LEADERS = ("owner", "admin")


def group(method: str, path: str = "", body: Body = lambda turn: None) -> Callable[[Turn], Call]:
    return lambda turn: (method, f"/v1/groups/{turn.group}{path}", body(turn))


def led(
    method: str, path: str = "", body: Body = lambda turn: None, roles: tuple[str, ...] = LEADERS
) -> Callable[[Turn], Call]:
    """In a path `{other}` is somebody else in the group."""

    def ask(turn: Turn) -> Call:
        group_id = turn.led(*roles)
        return method, f"/v1/groups/{group_id}{path.format(other=turn.fellow(group_id))}", body(turn)

    return ask


@step("groups.create", weight=1)
async def create(turn: Turn) -> str:
    body = {"title": "Another", "members": [str(turn.other.id)], "takes_requests": True}
    found = await turn.world.answer(turn.me, "POST", "/v1/groups", body)
    turn.world.groups.append(found["group"]["id"])
    return "done"


@step("groups.make_link", weight=2)
async def make_link(turn: Turn) -> str:
    body = {"needs_approval": turn.pick([True, False]), "most_uses": turn.pick([None, 1])}
    group_id = turn.led(*LEADERS)
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
    """By a person who is invited; taken back by anybody."""

    def ask(turn: Turn) -> Call | None:
        invited = [device for device in turn.world.devices if device.lists.invitations]
        if not invited:
            return None
        whose = turn.pick(invited)
        known = turn.pick(sorted(whose.lists.invitations))
        if answer:
            turn.act_as(whose)
        return method, f"/v1/group-invitations/{known}{answer}", None

    return ask


def banned(turn: Turn) -> Call:
    group_id = turn.led(*LEADERS)
    turn.world.banned.append((group_id, turn.fellow(group_id)))
    return "PUT", "/v1/groups/{}/bans/{}".format(*turn.world.banned[-1]), {"reason": "noise"}


def unbanned(turn: Turn) -> Call | None:
    if not turn.world.banned:
        return None
    group_id, person = turn.pick(turn.world.banned)
    turn.lead(group_id, *LEADERS)
    return "DELETE", f"/v1/groups/{group_id}/bans/{person}", None


def asked(turn: Turn) -> Call:
    """A group in which one is not, as far as one knows."""
    outside = [cid for cid in turn.world.groups if cid not in turn.device.heads]
    return "POST", f"/v1/groups/{turn.pick(outside or turn.world.groups)}/join-requests", {"message": "please"}


def taken_back(turn: Turn) -> Call | None:
    waiting = [device for device in turn.world.devices if device.lists.asked]
    if not waiting:
        return None
    turn.act_as(turn.pick(waiting))
    asked = turn.pick(sorted(turn.device.lists.asked.values(), key=lambda request: request["at"]))
    return "DELETE", f"/v1/groups/{asked['group']}/join-requests", None


def answered(how: str) -> Callable[[Turn], Call | None]:
    """A request, by somebody who knows of it."""

    def ask(turn: Turn) -> Call | None:
        known = [
            (device, request)
            for device in turn.world.devices
            for club in device.clubs.values()
            for request in club.requests.values()
        ]
        if not known:
            return None
        device, request = turn.pick(known)
        turn.act_as(device)
        return "POST", f"/v1/groups/{request['group']}/join-requests/{request['person']['id']}/{how}", None

    return ask


def transferred(turn: Turn) -> Call:
    group_id = turn.led("owner")
    return "POST", f"/v1/groups/{group_id}/transfer", {"user": turn.fellow(group_id)}


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


rest("invite", "groups.invite", led("POST", "/members", lambda turn: {"users": [str(turn.other.id)]}), 5)
rest("accept", "groups.accept", invitation("POST", "/accept"), 4)
rest("decline", "groups.decline", invitation("POST", "/decline"), 1)
rest("withdraw", "groups.withdraw", invitation("DELETE", ""), 2)
rest("revoke_link", "groups.revoke_link", revoked, 1)
rest("join", "groups.join", joined, 4)
rest("request", "groups.request", asked, 8)
rest("take_back", "groups.take_back", taken_back, 6)
rest("approve", "groups.approve", answered("approve"), 4)
rest("decline_request", "groups.decline_request", answered("decline"), 4)
rest("remove", "groups.remove", led("DELETE", "/members/{other}"), 3)
rest(
    "appoint",
    "groups.appoint",
    led("PATCH", "/members/{other}", lambda turn: {"role": turn.pick(["admin", "member"])}),
    4,
)
rest(
    "mute",
    "groups.mute",
    led("PATCH", "/members/{other}", lambda turn: {"muted_until": turn.pick([LATER, None])}),
    2,
)
rest("ban", "groups.ban", banned, 2)
rest("unban", "groups.unban", unbanned, 2)
rest("leave", "groups.leave", group("POST", "/leave"), 3)
rest("transfer", "groups.transfer", transferred, 1)
rest("dismiss", "groups.dismiss", led("DELETE", roles=("owner",)), 0.4)
rest("update", "groups.update", led("PATCH", "", lambda turn: turn.pick(CHANGES)), 4)
rest(
    "announce",
    "groups.announce",
    led("PUT", "/announcement", lambda turn: {"text": turn.pick(["Rehearsal at six", "No rehearsal", ""])}),
    2,
)
rest(
    "read_announcement",
    "groups.read_announcement",
    group("POST", "/announcement/read", lambda turn: {"number": turn.number % 4}),
    2,
)
