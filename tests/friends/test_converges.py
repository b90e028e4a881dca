"""Old state + live events = fresh fetch, for whatever people do to each other."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from friends import actions
from friends.models import Friend, FriendRequest
from imserver import database
from imserver.errors import DomainError
from messaging import queries
from messaging.models import Conversation
from messaging.rules import pair
from tests import make
from tests.friends.conftest import ask, book
from tests.make import Person

pytestmark = pytest.mark.django_db
Book = dict[str, dict[str, Any]]


def rev(person: Person) -> int:
    found = Conversation.objects.filter(pk=pair(person.id, person.id)).first()
    return found.rev if found else 0


def take(book: Book, kind: str, content: dict[str, Any]) -> None:
    """What a client does with an entry of its self log; docs/protocol.md says it in words."""
    for list_, name, key in (("requests", "request", ["id"]), ("friends", "friend", OF), ("blocks", "block", OF)):
        if kind in PUTS[list_]:
            book[list_][reduce(getitem, key, content[name])] = content[name]
    if kind in TAKES:
        book[TAKES[kind][0]].pop(content[TAKES[kind][1]], None)
    for answered in content.get("requests", []):
        book["requests"].pop(answered, None)


OF = ["person", "id"]
PUTS = {
    "requests": ["friend.requested"],
    "friends": ["friend.accepted", "friend.updated"],
    "blocks": ["person.blocked"],
}
TAKES = {
    "request.closed": ("requests", "request"),
    "friend.removed": ("friends", "person"),
    "person.unblocked": ("blocks", "person"),
}


class World:
    def __init__(self) -> None:
        self.people = [make.person(name) for name in ("ann", "bob", "cat")]
        self.now = timezone.now() - timedelta(days=20)
        self.books = [book(person) for person in self.people]
        self.revs = [rev(person) for person in self.people]

    def catch_up(self, number: int) -> None:
        person = self.people[number]
        if rev(person) == self.revs[number]:
            return
        page = database.run(queries.pull(person.id, pair(person.id, person.id), self.revs[number], 200))
        for item in map(json.loads, page.items):
            take(self.books[number], item["kind"], item["content"])
            self.revs[number] = item["rev"]

    def check(self) -> None:
        for number, person in enumerate(self.people):
            self.catch_up(number)
            assert self.books[number] == book(person)


def answer(act: Callable[..., object]) -> Callable[[World, Person, Person], object]:
    def do(world: World, one: Person, other: Person) -> object:
        asked = FriendRequest.objects.between(one.id, other.id).order_by("-pk").first()
        return asked and act(user_id=one.id, request_id=asked.pk, now=world.now)

    return do


def a_day_later(world: World, _one: Person, _other: Person) -> None:
    world.now += timedelta(days=1)


def note(_world: World, one: Person, other: Person) -> None:
    actions.update(user_id=one.id, friend_id=other.id, changes={"remark": "dear", "tags": ["a", "b"], "pinned": True})


STEPS: dict[str, Callable[[World, Person, Person], object]] = {
    "request": lambda world, one, other: ask(one, other, now=world.now),
    "accept": answer(actions.accept),
    "decline": answer(actions.decline),
    "cancel": answer(actions.cancel),
    "remove": lambda _, one, other: actions.remove(user_id=one.id, friend_id=other.id),
    "update": note,
    "rename_tag": lambda _, one, other: actions.rename_tag(user_id=one.id, tag="a", name="b"),
    "remove_tag": lambda _, one, other: actions.remove_tag(user_id=one.id, tag="b"),
    "block": lambda world, one, other: actions.block(user_id=one.id, other_id=other.id, now=world.now),
    "unblock": lambda _, one, other: actions.unblock(user_id=one.id, other_id=other.id),
    "a day later": a_day_later,
}
PAIRS = [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2)]
SHOWN = {"apply", *STEPS} - {"a day later"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([*STEPS]), st.sampled_from(PAIRS), st.booleans()), max_size=25))
def test_any_walk_ends_with_what_a_new_device_fetches(db: None, steps: list[tuple[str, tuple[int, int], bool]]) -> None:
    world = World()
    for step, (one, other), looks in steps:
        with suppress(DomainError):
            STEPS[step](world, world.people[one], world.people[other])
        if looks:
            world.catch_up(one)
    world.check()


@pytest.mark.parametrize("step", [*STEPS])
def test_each_step_is_shown(ann: Person, bob: Person, step: str) -> None:
    """Where it changes anything, both devices of its person say the same afterwards."""
    world = World()
    one, other = world.people[:2]
    before = {
        "accept": ["other asks"],
        "decline": ["other asks"],
        "cancel": ["request"],
        "remove": ["request", "other asks"],
        "update": ["request", "other asks"],
        "rename_tag": ["request", "other asks", "update"],
        "remove_tag": ["request", "other asks", "update"],
        "unblock": ["block"],
    }
    for name in before.get(step, []):
        STEPS["request"](world, other, one) if name == "other asks" else STEPS[name](world, one, other)
    world.check()
    was = json.dumps(world.books)
    STEPS[step](world, one, other)
    world.check()
    assert (json.dumps(world.books) == was) == (step == "a day later")


def test_every_action_is_in_the_walk() -> None:
    assert set(actions.__all__) == SHOWN


def test_a_friend_sees_no_note(ann: Person, bob: Person) -> None:
    ask(ann, bob)
    ask(bob, ann)
    before = rev(bob)
    actions.update(user_id=ann.id, friend_id=bob.id, changes={"remark": "dear"})
    assert rev(bob) == before
    assert Friend.objects.get(user_id=bob.id).remark == ""
