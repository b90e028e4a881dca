"""In slow mode a member writes once in a while; admins as they like."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from imserver.errors import DomainError
from imserver.ids import uuid7
from messaging import log
from messaging.errors import Muted, SlowMode
from messaging.events import NUMBERS
from messaging.models import Conversation, Member
from messaging.writes import APPENDED, DUPLICATE, REFUSED, Draft
from tests import make
from tests.make import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def slow(ann: Person, bob: Person, eve: Person) -> UUID:
    group = make.group(ann, bob, eve)
    Conversation.objects.filter(pk=group).update(slow_s=60)
    return group


def codes(*drafts: tuple[Person, UUID]) -> list[int]:
    text = NUMBERS["text"]
    return [
        outcome.code
        for outcome in log.append([Draft(to, who.id, uuid7(), text, b'{"text":"x"}') for who, to in drafts])
    ]


def until(refused: DomainError) -> datetime:
    return datetime.fromisoformat(str(refused.details["until"]))


def test_a_second_message_waits_and_hears_how_long(slow: UUID, bob: Person, eve: Person) -> None:
    make.message(bob, slow)
    with pytest.raises(SlowMode) as refused:
        make.message(bob, slow)
    assert timedelta(seconds=55) < until(refused.value) - timezone.now() <= timedelta(seconds=60)
    make.message(eve, slow)
    Member.objects.filter(user_id=bob.id, conversation=slow).update(posted_at=timezone.now() - timedelta(seconds=61))
    make.message(bob, slow)


def test_of_two_at_once_the_second_waits(slow: UUID, ann: Person, bob: Person, eve: Person) -> None:
    fast = make.group(ann, bob)
    assert codes((bob, slow), (eve, slow), (bob, slow), (bob, fast), (bob, fast)) == [0, 0, 2, 0, 0]


def test_what_is_not_written_anew_keeps_nobody_waiting(slow: UUID, bob: Person) -> None:
    said = Draft(slow, bob.id, uuid7(), NUMBERS["text"], b'{"text":"x"}')
    log.append([said])
    Member.objects.filter(user_id=bob.id, conversation=slow).update(posted_at=timezone.now() - timedelta(seconds=61))
    no_reply, fresh, late = (said._replace(key=uuid7(), reply_to=reply) for reply in (9, None, None))
    assert [one.code for one in log.append([said, no_reply, fresh, late])] == [DUPLICATE, 5, APPENDED, REFUSED]


def test_admins_do_not_wait(slow: UUID, ann: Person) -> None:
    assert codes((ann, slow), (ann, slow)) == [0, 0]
    make.message(ann, slow)


def test_who_is_muted_hears_how_long(slow: UUID, bob: Person) -> None:
    end = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    Member.objects.filter(user_id=bob.id, conversation=slow).update(muted_until=end)
    with pytest.raises(Muted) as refused:
        make.message(bob, slow)
    assert until(refused.value) == end
