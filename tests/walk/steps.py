"""What people and their devices do on a walk: every public action, mostly by the doors that clients use.

A step is told who does it, to whom, and a number from which it chooses the rest. It may be refused; that is fine.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID, uuid4

import websockets
from django.utils import timezone

from groups import actions as groups
from imserver.errors import DomainError
from messaging import actions
from tests import make
from tests.gateway.stage import django
from tests.knowledge import Refused
from tests.phone import Json

if TYPE_CHECKING:
    from tests.walk.device import Device
    from tests.walk.world import World

Call = tuple[str, str, Any]
EMOJI = ("👍", "❤️", "👩‍👩‍👧‍👦", "🎉")
LATER = "2027-12-31T12:00:00Z"
SETTINGS: tuple[Json, ...] = (
    {"pinned": True}, {"pinned": False}, {"archived": True}, {"archived": False}, {"marked_unread": True},
    {"notify": "nothing"}, {"notify": "mentions"}, {"notify": "all"}, {"nickname": "Bobby"},
)  # fmt: skip
CHANGES: tuple[Json, ...] = (
    {"title": "Choir"}, {"title": "Club"}, {"description": "We sing."}, {"only_admins_post": True},
    {"only_admins_post": False}, {"all_history": True}, {"all_history": False}, {"members_invite": True},
    {"takes_requests": True}, {"takes_requests": False}, {"slow_s": 1}, {"slow_s": 0},
)  # fmt: skip


class Turn:
    """Who acts, on whom, and the number that decides the rest."""

    def __init__(self, world: "World", who: int, other: int, number: int):
        self.world, self.number = world, number
        self.me, self.other = world.people[who], world.people[other]
        self.device: Device = self.pick(world.devices_of(self.me))

    def pick(self, choices: Any) -> Any:
        """The number is used up bit by bit."""
        self.number, found = divmod(self.number, len(choices))
        return choices[found]

    @property
    def place(self) -> str:
        """A conversation, more often than not one that is one's own."""
        return str(self.pick([self.world.club, self.world.direct, *sorted(self.device.heads), self.world.club]))

    @property
    def group(self) -> str:
        mine = [cid for cid, head in sorted(self.device.heads.items()) if head["kind"] == "group"]
        return str(self.pick([self.world.club, *(mine or [self.world.club]), *mine, self.pick(self.world.groups)]))

    def seq(self, place: str) -> int:
        """Mostly of a message that this device has."""
        known = sorted(self.device.entries.get(place, {}))
        return int(self.pick([*known, *known, 1 + self.number % max(1, self.world.newest[place])]))

    @property
    def message(self) -> str:
        place = self.place
        return f"/v1/conversations/{place}/messages/{self.seq(place)}"

    def draft(self, place: str) -> Json:
        text = f"{self.me.username[:3]} {next(self.world.numbers)}"
        draft: Json = {"conversation": place, "key": str(uuid4()), "kind": "text", "content": {"text": text}}
        if self.pick([True, False, False]):
            draft["mentions"] = self.pick([[str(self.other.id)], ["all"], [str(self.other.id), "all"]])
        if self.pick([True, False, False, False]):
            draft["reply_to"] = self.seq(place)
        return draft


Do = Callable[[Turn], Any]


@dataclass(frozen=True)
class Step:
    do: Do
    action: str  # the action it takes, or "" of what devices do
    weight: int


STEPS: dict[str, Step] = {}


def step(action: str = "", weight: int = 2) -> Callable[[Do], Do]:
    def enter(do: Do) -> Do:
        STEPS[do.__name__] = Step(do, action, weight)
        return do

    return enter


async def take(turn: Turn, name: str) -> str:
    """What came of it."""
    found = STEPS[name].do(turn)
    try:
        if isinstance(found, Awaitable):
            return str(await found or "done")
        return await turn.world.ask(turn.me, *found) if found else "nothing to do"
    except (Refused, DomainError) as e:
        return e.code
    except (ConnectionError, websockets.ConnectionClosed):
        return "the connection went away"


def rest(name: str, action: str, ask: Callable[[Turn], Call | None], weight: int = 2) -> None:
    STEPS[name] = Step(ask, action, weight)


def by(action: Callable[..., Any], **named: Any) -> Awaitable[Any]:
    return django(action, **named)


# --- what devices do ----------------------------------------------------------------------------------


@step(weight=6)
async def drop(turn: Turn) -> None:
    await turn.device.drop()


@step(weight=7)
async def resume(turn: Turn) -> None:
    if not turn.device.connected:
        await turn.device.come(turn.pick([0, 1]))


@step(weight=2)
async def buy(turn: Turn) -> None:
    """A new device in the place of one."""
    await turn.world.replace(turn.device, turn.pick([0, 1]))


@step(weight=2)
async def cut(turn: Turn) -> None:
    if turn.device.connected:
        await turn.device.cut(turn.draft(turn.place))


@step(weight=2)
async def sleep(turn: Turn) -> None:
    turn.device.awake = False


@step(weight=2)
async def ack(turn: Turn) -> None:
    turn.device.awake = True
    await turn.device.acknowledge()


@step(weight=1)
async def sync(turn: Turn) -> None:
    await turn.device.sync()


@step(weight=1)
async def typing(turn: Turn) -> None:
    await turn.device.tell("typing", {"conversation": turn.place})


# --- messaging ----------------------------------------------------------------------------------------


@step("messaging.send", weight=10)
async def say(turn: Turn) -> None:
    place = turn.place
    turn.world.sent(place, await turn.device.call("message.send", turn.draft(place)))


@step("messaging.send", weight=2)
async def say_to(turn: Turn) -> None:
    draft = turn.draft(turn.place)
    del draft["conversation"]
    ok = await turn.device.call("message.send", {**draft, "to_user": str(turn.other.id)})
    turn.world.sent(ok["conversation"], ok)


@step("messaging.send", weight=3)
async def post(turn: Turn) -> str:
    place = turn.place
    return await turn.world.ask(turn.me, "POST", f"/v1/conversations/{place}/messages", turn.draft(place), place)


@step("messaging.mark", weight=5)
async def mark(turn: Turn) -> None:
    place = turn.place
    await turn.device.call("mark", {"conversation": place, "read_seq": turn.seq(place)})


@step("messaging.open_group", weight=1)
async def open_group(turn: Turn) -> None:
    turn.world.groups.append(str(await by(make.group, owner=turn.me, title="Bare")))


@step("messaging.add_members")
async def add_members(turn: Turn) -> None:
    await by(actions.add_members, conversation_id=UUID(turn.world.bare), user_ids=[turn.other.id], by=turn.me.id)


@step("messaging.remove_members")
async def remove_members(turn: Turn) -> None:
    await by(actions.remove_members, conversation_id=UUID(turn.world.bare), user_ids=[turn.other.id], by=turn.me.id)


@step("messaging.deny", weight=1)
async def deny(turn: Turn) -> None:
    denied = turn.pick([0, 0, 2])
    await by(actions.deny, conversation_id=UUID(turn.place), user_id=turn.other.id, policies=2, denied=denied)


def signal(kind: str) -> Do:
    async def say(turn: Turn) -> None:
        await turn.device.call("signal", {"call": turn.world.call, "kind": kind})

    return say


@step("messaging.ring")
async def ring(turn: Turn) -> None:
    turn.world.call = str(uuid4())
    where = {"conversation": turn.world.direct} if turn.pick([True, False]) else {"to_user": str(turn.other.id)}
    await turn.device.call("signal", {"call": turn.world.call, "kind": "invite", **where})


STEPS["answer_call"] = Step(signal("accept"), "messaging.accept", 2)
for ending in ("hangup", "reject", "cancel"):
    STEPS[ending] = Step(signal(ending), "messaging.end", 1)


@step("messaging.miss", weight=1)
async def miss(turn: Turn) -> None:
    await by(actions.miss, call_id=UUID(turn.world.call), now=timezone.now())


def reaction(method: str) -> Callable[[Turn], Call]:
    return lambda turn: (method, f"{turn.message}/reactions/{quote(turn.pick(EMOJI))}", None)


def of_message(method: str, more: str = "") -> Callable[[Turn], Call]:
    return lambda turn: (method, turn.message + more, None)


def edited(turn: Turn) -> Call:
    body: Json = {"content": {"text": f"edited {turn.number % 5}"}}
    if turn.pick([True, False, False]):
        body["mentions"] = turn.pick([[], [str(turn.other.id)], ["all"]])
    return "PATCH", turn.message, body


def forwarded(turn: Turn) -> Call:
    place, source = turn.place, turn.place
    seqs = sorted({turn.seq(source), 1})
    return "POST", f"/v1/conversations/{place}/forward", {"conversation": source, "seqs": seqs, "key": str(uuid4())}


def pinned(method: str) -> Callable[[Turn], Call]:
    def ask(turn: Turn) -> Call:
        place = turn.place
        return method, f"/v1/conversations/{place}/pins/{turn.seq(place)}", None

    return ask


def cleared(turn: Turn) -> Call:
    place = turn.place
    return "POST", f"/v1/conversations/{place}/clear", {"before_seq": turn.seq(place)}


def drafted(turn: Turn) -> Call:
    path = f"/v1/conversations/{turn.place}/draft"
    return turn.pick([("PUT", path, {"draft": {"text": f"draft {turn.number % 7}"}}), ("DELETE", path, None)])


rest("edit", "messaging.edit", edited, 4)
rest("recall", "messaging.recall", of_message("DELETE"), 3)
rest("forward", "messaging.forward", forwarded)
rest("open", "messaging.open_direct", lambda turn: ("POST", "/v1/conversations", {"user": str(turn.other.id)}), 1)
rest("react", "messaging.react", reaction("PUT"), 3)
rest("unreact", "messaging.unreact", reaction("DELETE"))
rest("pin", "messaging.pin", pinned("PUT"), 3)
rest("unpin", "messaging.pin", pinned("DELETE"), 2)
rest("hide", "messaging.hide", of_message("DELETE", "?for=me"), 3)
rest("clear", "messaging.clear", cleared, 2)
rest("star", "messaging.star", of_message("PUT", "/star"), 3)
rest("unstar", "messaging.unstar", of_message("DELETE", "/star"))
rest("draft", "messaging.save_draft", drafted, 3)
rest(
    "settle",
    "messaging.settle",
    lambda turn: ("PATCH", f"/v1/conversations/{turn.place}/settings", turn.pick(SETTINGS)),
    4,
)
rest("tell", "messaging.tell", lambda turn: ("PATCH", "/v1/me", {"bio": f"{turn.number}"[:9]}), 1)
rest("block", "friends.block", lambda turn: ("PUT", f"/v1/blocks/{turn.other.id}", None), 1)
rest("unblock", "friends.unblock", lambda turn: ("DELETE", f"/v1/blocks/{turn.other.id}", None), 1)

# --- groups -------------------------------------------------------------------------------------------


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
rest("dismiss", "groups.dismiss", group("DELETE"), 1)
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
