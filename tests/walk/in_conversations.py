"""What people do with messages and conversations, mostly by the doors that clients use."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID, uuid4

from django.utils import timezone

from messaging import actions
from tests import make
from tests.phone import Json
from tests.walk.turn import STEPS, Call, Do, Step, Turn, by, rest, step

EMOJI = ("👍", "❤️", "👩‍👩‍👧‍👦", "🎉")
SETTINGS: tuple[Json, ...] = (
    {"pinned": True}, {"pinned": False}, {"archived": True}, {"archived": False}, {"marked_unread": True},
    {"notify": "nothing"}, {"notify": "mentions"}, {"notify": "all"}, {"nickname": "Bobby"},
)  # fmt: skip


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


@step("messaging.recall_by_staff", weight=1)
async def recall_by_staff(turn: Turn) -> None:
    place = turn.place
    await by(actions.recall_by_staff, conversation_id=UUID(place), seq=turn.seq(place))


@step("messaging.remove_members")
async def remove_members(turn: Turn) -> None:
    await by(actions.remove_members, conversation_id=UUID(turn.world.bare), user_ids=[turn.other.id], by=turn.me.id)


@step("messaging.deny", weight=1)
async def deny(turn: Turn) -> None:
    denied = turn.pick([0, 0, 2])
    await by(actions.deny, conversation_id=UUID(turn.place), user_id=turn.other.id, policies=2, denied=denied)


def signal(kind: str) -> Do:
    """By one of the two who are in the call that began last."""

    async def say(turn: Turn) -> None:
        whose = turn.pick([turn.world.called] if kind == "accept" else [turn.world.caller, turn.world.called])
        device = turn.pick(turn.world.devices_of(whose))
        await device.call("signal", {"call": turn.world.call, "kind": kind})

    return say


@step("messaging.ring", weight=4)
async def ring(turn: Turn) -> None:
    turn.world.call = str(uuid4())
    where: Json = {"to_user": str(turn.other.id)}
    turn.world.caller, turn.world.called = turn.me, turn.other
    if turn.pick([True, False]):
        ann, bob, *_ = turn.world.people
        where = {"conversation": turn.world.direct}
        turn.world.called = bob if turn.me.id == ann.id else ann
    await turn.device.call("signal", {"call": turn.world.call, "kind": "invite", **where})


STEPS["answer_call"] = Step(signal("accept"), "messaging.accept", 4)
for ending in ("hangup", "reject", "cancel"):
    STEPS[ending] = Step(signal(ending), "messaging.end", 2)


@step("messaging.lapse", weight=1)
async def lapse(turn: Turn) -> None:
    late = timezone.now() + timedelta(seconds=turn.pick([61, 0, 86_400]))
    await by(actions.lapse, call_id=UUID(turn.world.call), now=late)


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
