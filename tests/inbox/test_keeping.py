"""What the inbox keeps, in whatever order and however often it is told."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from imserver import database
from imserver.events.event import Event
from inbox import actions as inbox_actions
from inbox import store
from inbox.store.mongo import TTL, Mongo, key, rev_of
from messaging import actions, epochs, outgoing
from messaging.errors import NotAMember
from messaging.outgoing import Pointer
from tests import make
from tests.events.conftest import relay_all
from tests.inbox.steps import edit, named, pulled, recall, talk
from tests.make import Person

pytestmark = [pytest.mark.django_db, pytest.mark.mongo]


def events(conversation: UUID, first: int, last: int) -> list[Event]:
    return database.run(outgoing.events([Pointer(0, conversation, first, last)]))


def deliver(mongo: Mongo, told: list[Event]) -> None:
    inbox_actions.deliver(mongo, told, now=timezone.now())


def kept(mongo: Mongo, conversation: UUID) -> list[tuple[int, int, bytes]]:
    epoch = database.run(epochs.current())
    found = mongo.between(epoch, conversation, 0, 1 << 62)
    return [(rev_of(one), one["version"], bytes(one["item"])) for one in found]


def applied(mongo: Mongo, conversation: UUID) -> int:
    return mongo.applied(database.run(epochs.current()), conversation)[1]


def test_telling_it_again_rewrites_the_same_entries(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 4)
    told = events(conversation, 1, 4)
    deliver(mongo, told)
    before = kept(mongo, conversation)
    for again in (told, told[1:2], told[::-1]):
        deliver(mongo, again)
    assert kept(mongo, conversation) == before
    assert [rev for rev, _, _ in before] == [1, 2, 3, 4]
    assert applied(mongo, conversation) == 4


def test_what_was_recalled_never_comes_back(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation, "a secret")
    [before] = events(conversation, 1, 1)
    recall(ann, conversation, 1)
    [recalled] = events(conversation, 2, 2)
    for told in ([recalled], [before], [before, recalled], [recalled, before], [before]):
        deliver(mongo, told)
        stored = kept(mongo, conversation)
        assert not any(b"a secret" in item for _, _, item in stored)
    assert len(pulled(bob, conversation).items) == 2


def test_any_order_of_telling_ends_alike(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 4)
    told = events(conversation, 1, 4)
    for change in (
        lambda: edit(bob, conversation, 1, "better"),
        lambda: edit(bob, conversation, 1, "best"),
        lambda: recall(ann, conversation, 2),
        lambda: edit(bob, conversation, 3, "new"),
    ):
        change()
        told += events(conversation, len(told) + 1, len(told) + 1)
    deliver(mongo, told)
    wanted = kept(mongo, conversation)
    for seed in range(5):
        mongo._entries.delete_many({})
        mongo._conversations.delete_many({})
        shuffled = random.Random(seed).sample(told, len(told))
        deliver(mongo, [told[0]])
        while shuffled:
            deliver(mongo, [shuffled.pop() for _ in range(min(3, len(shuffled)))])
        assert kept(mongo, conversation) == wanted
        assert applied(mongo, conversation) == 8
    assert len(pulled(ann, conversation).items) == 8


def test_a_hole_is_never_passed_over(mongo: Mongo, ann: Person, bob: Person) -> None:
    """An event was parked: what comes behind it is kept, but counts as applied only once the hole is filled."""
    conversation = talk(ann, bob, 6)
    told = events(conversation, 1, 6)
    deliver(mongo, told[:2])
    deliver(mongo, told[3:5])
    deliver(mongo, [told[5]])
    assert applied(mongo, conversation) == 2
    deliver(mongo, [told[2]])
    assert applied(mongo, conversation) == 6


def test_a_conversation_that_began_before_the_inbox_is_kept_from_now_on(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 6)
    deliver(mongo, events(conversation, 4, 6))
    assert applied(mongo, conversation) == 6
    assert len(pulled(ann, conversation, 3).items) == 3
    assert len(pulled(ann, conversation, 0).items) == 6


def test_what_comes_from_before_that_time_may_have_missed_a_recall(mongo: Mongo, ann: Person, bob: Person) -> None:
    """Everything was parked from the beginning on, and then the first of it is done after all."""
    conversation = make.direct(ann, bob)
    make.message(ann, conversation, "a secret")
    before = events(conversation, 1, 1)
    recall(ann, conversation, 1)
    make.message(ann, conversation)
    deliver(mongo, events(conversation, 3, 3))
    deliver(mongo, before)
    assert len(pulled(bob, conversation, limit=1).items) == 1
    deliver(mongo, events(conversation, 2, 2))
    assert len(pulled(bob, conversation).items) == 3
    check("--repair")
    mongo._entries.update_one(named(mongo, 3), {"$set": {"item": b"from here"}})
    with pytest.raises(AssertionError):
        pulled(bob, conversation)


def test_mongodb_itself_forgets_what_has_expired(mongo: Mongo, ann: Person, bob: Person) -> None:
    for collection in (mongo._entries, mongo._conversations):
        index = collection.index_information()[TTL]
        assert (index["key"], index["expireAfterSeconds"]) == ([("expires", 1)], 0)
    conversation = talk(ann, bob, 2)
    deliver(mongo, events(conversation, 1, 2))
    expires = mongo._entries.find_one(named(mongo, 1))["expires"]  # type: ignore[index]
    assert timedelta(days=29, hours=23) < expires - timezone.now() < timedelta(days=30)
    mongo._entries.update_one(named(mongo, 1), {"$set": {"expires": timezone.now() - timedelta(seconds=1)}})
    end = time.monotonic() + 70
    while len(kept(mongo, conversation)) == 2 and time.monotonic() < end:
        time.sleep(0.2)
    assert [rev for rev, _, _ in kept(mongo, conversation)] == [2]


# --- the command ------------------------------------------------------------------------------------


def check(*arguments: str) -> str:
    out = StringIO()
    call_command("inbox", "check", *arguments, stdout=out)
    return out.getvalue().splitlines()[-1]


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


def test_a_removed_member_hears_nothing_from_the_inbox(mongo: Mongo, ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    make.message(ann, group)
    relay_all()
    actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    relay_all()
    with pytest.raises(NotAMember):
        pulled(bob, group)
