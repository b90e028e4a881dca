"""The inbox against the truth, while it goes on."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from imserver import database
from imserver.events.event import Event
from inbox import store
from inbox.store.mongo import Mongo, key
from messaging import epochs
from tests import make
from tests.events.conftest import relay_all
from tests.inbox.steps import applied, check, claimed, deliver, edit, events, kept, named, pulled, recall, talk
from tests.make import Person

pytestmark = [pytest.mark.django_db, pytest.mark.mongo]


def test_the_indexes_are_made_by_a_command_and_missed_until_then(mongo: Mongo, settings: Any) -> None:
    mongo._client[settings.MONGO_DATABASE + "-new"]["entries"].insert_one({})
    settings.MONGO_DATABASE += "-new"
    store.current.cache_clear()
    assert "manage.py inbox indexes" in store.trouble()
    for _ in range(2):
        call_command("inbox", "indexes", stdout=StringIO())
    assert store.trouble() == ""
    there = store.current()
    assert there
    there._client.drop_database(settings.MONGO_DATABASE)
    there.close()


def test_an_inbox_that_is_right_is_said_to_be(mongo: Mongo, ann: Person, bob: Person) -> None:
    talk(ann, bob, 3)
    relay_all()
    assert check() == "1 conversations, 3 entries: 0 missing, 0 stale, 0 surplus, 0 behind"


def test_what_is_only_late_is_no_fault(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 3)
    relay_all()
    make.message(ann, conversation)
    edit(bob, conversation, 1, "better")
    assert check() == "1 conversations, 5 entries: 0 missing, 0 stale, 0 surplus, 3 behind"


def test_what_is_wrong_is_found_and_repaired(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 6)
    edit(bob, conversation, 1, "better")
    relay_all()
    mongo._entries.delete_one(named(mongo, 2))
    mongo._entries.update_one(named(mongo, 3), {"$set": {"item": b"{}"}})
    mongo._entries.update_one(named(mongo, 4), {"$set": {"version": 99}})
    last = mongo._entries.find_one(named(mongo, 5)) or {}
    mongo._entries.insert_one({**last, "_id": key(database.run(epochs.current()), conversation, 50)})
    with pytest.raises(CommandError):
        check()
    said = check("--repair")
    assert said == "1 conversations, 7 entries: 1 missing, 2 stale, 1 surplus, 0 behind"
    assert check().endswith("0 missing, 0 stale, 0 surplus, 0 behind")
    assert len(pulled(ann, conversation).items) == 7


def test_what_postgresql_never_had_is_removed(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 2)
    told = events(conversation, 1, 2)
    deliver(mongo, [make_elsewhere(event) for event in told])
    with pytest.raises(CommandError):
        check()
    assert "2 surplus" in check("--repair")
    assert "0 surplus" in check()


def make_elsewhere(event: Event) -> Event:
    values: dict[str, Any] = {name: getattr(event, name) for name in event.__struct_fields__}
    return Event(**values | {"conversation": UUID(int=9)})


def test_it_is_built_again_from_nothing(mongo: Mongo, ann: Person, bob: Person, eve: Person) -> None:
    places = [talk(ann, bob, 5), talk(ann, eve, 5), make.group(ann, bob)]
    recall(bob, places[0], 1)
    relay_all()
    mongo._entries.delete_many({})
    mongo._conversations.delete_many({})
    assert "0 missing, 0 stale" in check()
    check("--repair")
    assert check().endswith("0 missing, 0 stale, 0 surplus, 0 behind")
    assert [applied(mongo, place) for place in places] == [6, 5, 1]
    make.message(ann, places[0], "on it goes")
    relay_all()
    assert applied(mongo, places[0]) == 7


def test_without_an_inbox_the_command_says_so(settings: Any) -> None:
    settings.MONGO_URL = ""
    store.current.cache_clear()
    with pytest.raises(CommandError, match="MONGO_URL is not set"):
        call_command("inbox", "check")


@pytest.fixture(autouse=True)
def _no_store_stays() -> Iterator[None]:
    yield
    store.current.cache_clear()


def meanwhile(mongo: Mongo, step: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Something happens before the first call of this step of a check."""
    original, waiting = getattr(mongo, step), [act]

    def called(*args: Any, **options: Any) -> Any:
        while waiting:
            waiting.pop()()
        return original(*args, **options)

    monkeypatch.setattr(mongo, step, called)


@pytest.mark.parametrize("step", ["between", "delete", "cover", "vouch"])
def test_a_repair_never_puts_back_what_is_recalled_meanwhile(
    mongo: Mongo, ann: Person, bob: Person, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation, "a secret")
    relay_all()
    mongo._entries.update_one(named(mongo, 1), {"$set": {"item": b"{}"}})

    def act() -> None:
        recall(ann, conversation, 1)
        relay_all()

    meanwhile(mongo, step, act, monkeypatch)
    check("--repair")
    assert not any(b"a secret" in item for _, _, item in kept(mongo, conversation))
    assert claimed(mongo, conversation) == (1, 2)
    assert len(pulled(bob, conversation).items) == 2


def test_what_comes_behind_a_gap_while_it_is_repaired_is_not_vouched_for(
    mongo: Mongo, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = talk(ann, bob, 2)
    relay_all()
    mongo._entries.delete_one(named(mongo, 1))

    def act() -> None:
        recall(bob, conversation, 1)  # which is parked
        make.message(ann, conversation)
        deliver(mongo, events(conversation, 4, 4))

    meanwhile(mongo, "vouch", act, monkeypatch)
    check("--repair")
    assert claimed(mongo, conversation) == (4, 4)
    assert len(pulled(bob, conversation).items) == 4


def test_what_comes_while_it_is_compared_is_no_fault(
    mongo: Mongo, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = talk(ann, bob, 2)
    relay_all()

    def act() -> None:
        edit(bob, conversation, 1, "better")
        make.message(ann, conversation)
        relay_all()

    meanwhile(mongo, "between", act, monkeypatch)
    assert "0 missing, 0 stale, 0 surplus" in check()
    assert check() == "1 conversations, 4 entries: 0 missing, 0 stale, 0 surplus, 0 behind"
