"""A step of a walk: who does it, to whom, and a number that decides the rest. It may be refused; that is fine."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import websockets

from imserver.errors import DomainError
from tests.gateway.stage import django
from tests.knowledge import Refused
from tests.phone import Json

if TYPE_CHECKING:
    from tests.walk.device import Device
    from tests.walk.world import World

Call = tuple[str, str, Any]


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
        mine = ranked(self.device.heads, self.world.known)
        return str(self.pick([*mine, self.world.club, *mine, self.world.direct]))

    @property
    def group(self) -> str:
        mine = [cid for cid in self.world.groups if cid in self.device.heads]
        return str(self.pick([*mine, self.world.club, *mine, self.pick(self.world.groups)]))

    def led(self, *roles: str) -> str:
        """A group, for those who lead it."""
        found = self.group
        self.lead(found, *roles)
        return found

    def lead(self, group: str, *roles: str) -> None:
        """Mostly one of those who do acts in the place of who was to."""
        leaders = [device for device in self.world.devices if device.role_in(group) in roles]
        if leaders and self.pick([True, True, False]):
            self.act_as(self.pick(leaders))

    def act_as(self, device: "Device") -> None:
        self.device, self.me = device, device.person

    def fellow(self, group: str) -> str:
        """Mostly somebody who is in it, too."""
        club = self.device.clubs.get(group)
        others = [person for person in self.world.people if club and str(person.id) in club.members]
        return str(self.pick([*(one for one in others if one.id != self.me.id), self.other]).id)

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


def ranked(places: Iterable[str], known: Sequence[str]) -> list[str]:
    """The same for the same number, whatever the identifiers of this walk are: those of two people are random."""
    order = {cid: rank for rank, cid in enumerate(known)}
    return sorted(places, key=lambda cid: (order.get(cid, len(order)), cid))


Do = Callable[[Turn], Any]


@dataclass(frozen=True)
class Step:
    do: Do
    action: str  # the action it takes, or "" of what devices do
    weight: float


STEPS: dict[str, Step] = {}


def step(action: str = "", weight: float = 2) -> Callable[[Do], Do]:
    def enter(do: Do) -> Do:
        STEPS[do.__name__] = Step(do, action, weight)
        return do

    return enter


async def take(turn: Turn, name: str) -> str:
    """What came of it."""
    found = STEPS[name].do(turn)
    try:
        if isinstance(found, Awaitable):
            said = await found
            return said if isinstance(said, str) else "done"
        return await turn.world.ask(turn.me, *found) if found else "nothing to do"
    except (Refused, DomainError) as e:
        return e.code
    except (ConnectionError, websockets.ConnectionClosed):
        return "the connection went away"


def rest(name: str, action: str, ask: Callable[[Turn], Call | None], weight: float = 2) -> None:
    STEPS[name] = Step(ask, action, weight)


def by(action: Callable[..., Any], **named: Any) -> Awaitable[Any]:
    return django(action, **named)
