"""Nobody sheds a mute, or the wait of slow mode, by going and coming back: whatever the way out and the way in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from groups import actions
from groups.models import Former
from imserver.errors import DomainError
from messaging.errors import Muted, SlowMode
from messaging.models import Entry, Member
from tests import make
from tests.groups.conftest import api, found, inside, wishes
from tests.make import Person

pytestmark = pytest.mark.django_db
Way = Callable[[Person, Person, str], Any]


def left(_: Person, bob: Person, group: str) -> None:
    api(bob).post(f"/v1/groups/{group}/leave", None, status=204)


def removed(ann: Person, bob: Person, group: str) -> None:
    api(ann).delete(f"/v1/groups/{group}/members/{bob.id}", status=204)


def banned(ann: Person, bob: Person, group: str) -> None:
    api(ann).call("PUT", f"/v1/groups/{group}/bans/{bob.id}", {}, status=204)
    api(ann).delete(f"/v1/groups/{group}/bans/{bob.id}", status=204)


def added(ann: Person, bob: Person, group: str) -> None:
    wishes(bob, "all")
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})


def invited(ann: Person, bob: Person, group: str) -> None:
    wishes(bob, "nobody")
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})
    [invitation] = api(bob).get("/v1/group-invitations")["items"]
    api(bob).post(f"/v1/group-invitations/{invitation['id']}/accept", None)


def by_link(ann: Person, bob: Person, group: str) -> None:
    token = api(ann).post(f"/v1/groups/{group}/links", {})["link"]["token"]
    api(bob).post(f"/v1/group-links/{token}/join", {})


def by_request(ann: Person, bob: Person, group: str) -> None:
    api(bob).post(f"/v1/groups/{group}/join-requests", {})
    api(ann).post(f"/v1/groups/{group}/join-requests/{bob.id}/approve", None, status=204)


OUT, IN = (left, removed, banned), (added, invited, by_link, by_request)


def until(refused: DomainError) -> datetime:
    return datetime.fromisoformat(str(refused.details["until"]))


@pytest.mark.parametrize(("out", "into"), [*product(OUT, IN)])
def test_a_mute_and_the_wait_of_slow_mode_outlive_leaving(ann: Person, bob: Person, out: Way, into: Way) -> None:
    group = found(ann, bob, slow_s=3600, takes_requests=True)
    place = Member.objects.get(user_id=bob.id, conversation_id=group).conversation_id
    make.message(bob, place)
    muted = timezone.now().replace(microsecond=0) + timedelta(hours=2)
    actions.mute(user_id=ann.id, group_id=place, other_id=bob.id, until=muted)
    for _ in range(2):
        out(ann, bob, group)
        assert bob.id not in inside(group)
        into(ann, bob, group)
        with pytest.raises(Muted) as refused:
            make.message(bob, place)
        assert until(refused.value) == muted
    actions.mute(user_id=ann.id, group_id=place, other_id=bob.id, until=None)
    with pytest.raises(SlowMode):
        make.message(bob, place)
    assert not Former.objects.exists()


def test_the_group_hears_that_who_comes_back_is_muted_and_of_a_mute_that_is_over_nothing(
    ann: Person, bob: Person
) -> None:
    group = found(ann, bob)
    later = timezone.now() + timedelta(hours=1)
    for end, is_told in ((later, True), (timezone.now() - timedelta(seconds=1), False)):
        Member.objects.filter(user_id=bob.id).update(muted_until=end)
        left(ann, bob, group)
        added(ann, bob, group)
        said = Entry.objects.filter(conversation_id=group).latest("rev").content or ""
        assert ("muted_until" in said) == is_told
        assert (Member.objects.get(user_id=bob.id, conversation_id=group).muted_until is not None) == is_told
