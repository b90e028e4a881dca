"""Two people at once, over 200 pairs each: one outcome, seen alike by both."""

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from friends import actions
from friends.errors import MayNotRequest, RequestGone
from friends.models import Block, Friend, FriendRequest, State
from imserver.errors import DomainError
from messaging.models import Entry, Member
from messaging.rules import pair
from tests import make
from tests.friends.conftest import ask
from tests.make import Person

pytestmark = pytest.mark.django_db(transaction=True)
Step = Callable[[Person, Person], object]
People = tuple[Person, Person]


@pytest.fixture
def couples() -> list[People]:
    people = [make.person(f"p{number}") for number in range(21)]
    found = list(itertools.combinations(people, 2))[:200]
    assert len(found) == 200
    return found


def race(couples: list[People], first: Step, second: Step) -> Iterator[tuple[People, Any, Any]]:
    """What came of the two steps, begun together for each couple."""
    barrier, found = threading.Barrier(2, timeout=60), ([], [])

    def run(step: Step, outcomes: list[Any], *, turned: bool) -> None:
        for one, other in couples:
            barrier.wait()
            try:
                outcomes.append(step(other, one) if turned else step(one, other))
            except DomainError as e:
                outcomes.append(e)
        connection.close()

    threads = [
        threading.Thread(target=run, args=(step, outcomes), kwargs={"turned": number == 1})
        for number, (step, outcomes) in enumerate(zip((first, second), found, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [len(outcomes) for outcomes in found] == [len(couples)] * 2
    yield from zip(couples, *found, strict=True)


def edges(one: Person, other: Person) -> int:
    return Friend.objects.filter(user_id__in=[one.id, other.id], friend_id__in=[one.id, other.id]).count()


def denied(one: Person, other: Person) -> list[int]:
    members = Member.objects.filter(conversation_id=pair(one.id, other.id)).order_by("user_id")
    return list(members.values_list("denied", flat=True))


def newest(one: Person, other: Person) -> FriendRequest:
    return FriendRequest.objects.between(one.id, other.id).latest("pk")


def asked(one: Person, other: Person) -> FriendRequest:
    found = ask(one, other)
    assert isinstance(found, FriendRequest)
    return found


def test_crossed_requests(couples: list[People]) -> None:
    for (one, other), first, second in race(couples, ask, ask):
        assert sorted(type(found).__name__ for found in (first, second)) == ["Friend", "FriendRequest"]
        assert edges(one, other) == 2
        assert denied(one, other) == [0, 0]
        assert FriendRequest.objects.between(one.id, other.id).count() == 1
    logs = Entry.objects.filter(kind=97)
    assert logs.count() == 400  # each told both, once


def test_accept_against_cancel(couples: list[People]) -> None:
    requests = {(one.id, other.id): asked(one, other).pk for one, other in couples}

    def cancel(one: Person, other: Person) -> object:
        return actions.cancel(user_id=one.id, request_id=requests[one.id, other.id], now=timezone.now())

    def accept(other: Person, one: Person) -> object:
        return actions.accept(user_id=other.id, request_id=requests[one.id, other.id], now=timezone.now())

    won = set()
    for (one, other), cancelled, accepted in race(couples, cancel, accept):
        assert sum(isinstance(found, RequestGone) for found in (cancelled, accepted)) == 1
        is_friend = isinstance(accepted, Friend)
        assert edges(one, other) == 2 * is_friend
        assert denied(one, other) == [0 if is_friend else 1] * 2
        assert newest(one, other).state == (State.ACCEPTED if is_friend else State.CANCELLED)
        won.add(is_friend)
    assert won == {True, False}


def test_block_against_accept(couples: list[People]) -> None:
    requests = {(one.id, other.id): asked(one, other).pk for one, other in couples}

    def block(one: Person, other: Person) -> object:
        return actions.block(user_id=one.id, other_id=other.id, now=timezone.now())

    def accept(other: Person, one: Person) -> object:
        return actions.accept(user_id=other.id, request_id=requests[one.id, other.id], now=timezone.now())

    for (one, other), blocked, accepted in race(couples, block, accept):
        assert isinstance(blocked, Block)
        is_friend = isinstance(accepted, Friend)
        assert is_friend or isinstance(accepted, RequestGone)
        assert edges(one, other) == 2 * is_friend
        mine = Member.objects.get(conversation_id=pair(one.id, other.id), user_id=one.id).denied
        theirs = Member.objects.get(conversation_id=pair(one.id, other.id), user_id=other.id).denied
        assert (mine, theirs) == (2 if is_friend else 3, 1)


def test_block_against_request(couples: list[People]) -> None:
    def block(one: Person, other: Person) -> object:
        return actions.block(user_id=one.id, other_id=other.id, now=timezone.now())

    for (one, other), _, request in race(couples, block, ask):
        assert isinstance(request, FriendRequest | MayNotRequest)
        assert not FriendRequest.objects.between(one.id, other.id).filter(state=State.PENDING).exists()
        assert edges(one, other) == 0


def test_remove_against_remove(couples: list[People]) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    for one, other in couples:
        ask(one, other, now=long_ago)
        ask(other, one, now=long_ago)

    def remove(one: Person, other: Person) -> object:
        return actions.remove(user_id=one.id, friend_id=other.id)

    for (one, other), first, second in race(couples, remove, remove):
        assert sum(found is None for found in (first, second)) == 1
        assert edges(one, other) == 0
        assert denied(one, other) == [1, 1]
