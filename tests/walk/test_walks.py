"""Old state + live events = fresh fetch, for whatever five people do with nine devices on two gateways.

`make faults ARGS='--walks 5000'` walks more, and `--replay` again what a failing walk prints.
"""

import inspect
import itertools
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest

from groups import actions as groups
from messaging import actions as messaging
from tests.processes import Gateway
from tests.walk.club import Club
from tests.walk.device import Device
from tests.walk.steps import STEPS
from tests.walk.turn import ranked
from tests.walk.walks import LENGTH, Step, Walked, Walks, read, spelled, steps_of
from tests.walk.web import ViewsHere
from tests.walk.world import Places, World

WALKS = 200
LOST: dict[
    str, tuple[Any, str, Callable[..., Any], str]
] = {  # what a device does not do, and what shows it; 0 is the club
    "marks": (Device, "_marks", lambda self, data: None, "mark.1.0.0"),
    "changes": (Device, "_change", lambda self, cid, item: None, "react.1.0.0"),
    "holes": (Device, "_pull", lambda self, cid: None, "drop.1.0.0 post.0.1.0"),
    "notes": (Device, "_note", lambda self, kind, cid, content: None, "star.0.1.0"),
    "mentions": (Device, "_names_me", lambda self, cid, message: False, "say.0.1.0"),
    "roles": (Club, "_role", lambda self, user, role: False, "transfer.0.1.0"),
    "leaving": (Club, "_left", lambda self, user, how="": False, "remove.0.1.0"),
}


@pytest.fixture
def places(gateways: tuple[Gateway, Gateway]) -> Places:
    return [(gateway.url, ViewsHere(gateway.url)) for gateway in gateways]


@pytest.mark.timeout(900)
async def test_walks_end_with_what_new_devices_fetch(places: Places) -> None:
    report = await Walks(places).run(range(WALKS))
    assert not report.failure, report.failure
    assert (report.walks, report.steps) == (WALKS, WALKS * LENGTH)
    assert STEPS.keys() <= report.taken.keys()
    assert report.said["done"] > report.steps / 3
    assert STEPS.keys() <= report.done.keys()


@pytest.mark.parametrize("lost", LOST)
async def test_what_is_lost_on_the_way_is_found(lost: str, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, instead, steps = LOST[lost]
    monkeypatch.setattr(owner, name, instead)
    report = await Walks(places, patience=3).replay(read(steps))
    assert report.failure
    assert "Error" not in report.failure


def public(module: ModuleType) -> set[str]:
    functions = dict(inspect.getmembers(module, inspect.isfunction))
    return {f"{module.__name__.partition('.')[0]}.{name}" for name in module.__all__ if name in functions}


def test_every_action_is_in_the_walk() -> None:
    taken = {step.action for step in STEPS.values() if step.action.startswith(("messaging.", "groups."))}
    assert taken == public(messaging) | public(groups)


def fails(steps: Sequence[Step]) -> bool:
    """Whether somebody reacts after somebody has recalled something."""
    names = [name for name, *_ in steps]
    return "react" in names[names.index("recall") :] if "recall" in names else False


class Pretended(Walks):
    """Nobody walks."""

    async def _walk(self, world: World, walks: Sequence[list[Step]], patience: float) -> Walked:
        steps = [step for walk in walks for step in walk]
        return Walked(steps, [f"ann {name} (bob): done" for name, *_ in steps], ["they differ"] if fails(steps) else [])


async def test_a_walk_that_fails_is_told_as_short_as_it_can_be() -> None:
    seed = next(seed for seed in range(10_000) if fails(steps_of(seed)))
    first, *_, last = (await Pretended([]).run([seed])).failure.splitlines()
    assert first == f"A walk of the seeds [{seed}] fails; 2 of {LENGTH} steps do so:"
    shortest = read(last.partition("--replay '")[2].rstrip("'\""))
    assert [name for name, *_ in shortest] == ["recall", "react"]
    assert (await Pretended([]).replay(shortest)).failure


def test_the_same_number_leads_to_the_same_place_whatever_its_identifier() -> None:
    for club, direct, another in itertools.permutations("123"):
        assert ranked({another, direct, club}, [club, direct]) == [club, direct, another]


def test_a_walk_is_spelled_so_that_it_can_be_walked_again() -> None:
    assert read(spelled(steps_of(7))) == steps_of(7)
