"""What the inbox keeps, in whatever order and however often it is told."""

import random
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pymongo import ReadPreference
from pymongo.errors import BulkWriteError

from imserver.events.event import Unavailable
from inbox.store.mongo import TTL, Mongo
from messaging import actions
from messaging.errors import NotAMember
from messaging.models import Entry
from tests import make
from tests.events.conftest import relay_all
from tests.inbox.steps import applied, check, claimed, deliver, edit, events, kept, named, pulled, recall, talk
from tests.make import Person

pytestmark = [pytest.mark.django_db, pytest.mark.mongo]


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


def test_behind_a_gap_it_begins_anew(mongo: Mongo, ann: Person, bob: Person) -> None:
    """An event was parked: what comes behind it is believed, what lies before may have missed a recall."""
    conversation = talk(ann, bob, 6)
    told = events(conversation, 1, 6)
    for batch, stretch in ((told[:2], (1, 2)), (told[3:5], (4, 5)), ([told[5]], (4, 6)), ([told[2]], (4, 6))):
        deliver(mongo, batch)
        assert claimed(mongo, conversation) == stretch
    assert len(pulled(ann, conversation, 3).items) == 3
    assert len(pulled(ann, conversation).items) == 6
    deliver(mongo, told)
    assert claimed(mongo, conversation) == (4, 6)
    check("--repair")
    assert claimed(mongo, conversation) == (1, 6)


def test_several_gaps_in_one_batch(mongo: Mongo, ann: Person, bob: Person) -> None:
    conversation = talk(ann, bob, 9)
    told = events(conversation, 1, 9)
    deliver(mongo, [told[0], told[2], told[3], told[6], told[7]])
    assert claimed(mongo, conversation) == (7, 8)
    deliver(mongo, [told[8]])
    assert claimed(mongo, conversation) == (7, 9)


def test_the_text_of_a_message_that_is_too_old_is_gone_before_its_recall_counts(
    mongo: Mongo, ann: Person, bob: Person
) -> None:
    conversation = make.direct(ann, bob)
    make.message(ann, conversation, "a secret")
    relay_all()
    recall(ann, conversation, 1)
    Entry.objects.filter(conversation_id=conversation, rev=1).update(created_at=timezone.now() - timedelta(days=31))
    relay_all()
    assert [rev for rev, _, _ in kept(mongo, conversation)] == [2]
    assert claimed(mongo, conversation) == (1, 2)


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


def test_a_removed_member_hears_nothing_from_the_inbox(mongo: Mongo, ann: Person, bob: Person) -> None:
    group = make.group(ann, bob)
    make.message(ann, group)
    relay_all()
    actions.remove_members(conversation_id=group, user_ids=[bob.id], by=ann.id)
    relay_all()
    with pytest.raises(NotAMember):
        pulled(bob, group)


NOT_NOW = [{"writeErrors": [{"code": code, "index": 0}]} for code in (10107, 13, 14031)] + [
    {"writeErrors": [], "writeConcernErrors": [{"code": 64}]}
]


@pytest.mark.parametrize("details", NOT_NOW)
def test_a_server_that_cannot_write_now_is_no_fault_of_the_event(
    mongo: Mongo, ann: Person, bob: Person, details: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = events(talk(ann, bob, 1), 1, 1)
    refuse(mongo, details, monkeypatch)
    with pytest.raises(Unavailable):
        deliver(mongo, told)


def test_a_document_that_no_server_will_ever_take_is_one(
    mongo: Mongo, ann: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = events(talk(ann, bob, 1), 1, 1)
    refuse(mongo, {"writeErrors": [{"code": 10334, "index": 0}]}, monkeypatch)
    with pytest.raises(BulkWriteError):
        deliver(mongo, told)


def refuse(mongo: Mongo, details: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def bulk_write(*_args: Any, **_options: Any) -> None:
        raise BulkWriteError(details)

    monkeypatch.setattr(mongo._entries, "bulk_write", bulk_write)


def test_only_the_primary_is_asked() -> None:
    there = Mongo("mongodb://127.0.0.1:1/?readPreference=secondary", "nowhere")
    for collection in (there._entries, there._conversations):
        assert collection.read_preference == ReadPreference.PRIMARY
    there.close()
