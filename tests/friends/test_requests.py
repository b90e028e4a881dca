"""Asking, answering, taking back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from friends import actions
from friends.errors import AskedRecently, RequestGone
from friends.models import Friend, FriendRequest, State
from tests.friends.conftest import api, ask, befriend, book, edges, may_write
from tests.make import Person

pytestmark = pytest.mark.django_db


def only() -> FriendRequest:
    return FriendRequest.objects.get()


def test_one_asks_and_the_other_accepts(ann: Person, bob: Person) -> None:
    said = {"user": str(bob.id), "message": " Hi, it is Ann ", "source": "search"}
    asked = api(ann).post("/v1/friend-requests", said)["request"]
    assert (asked["incoming"], asked["message"], asked["person"]["id"]) == (False, "Hi, it is Ann", str(bob.id))
    [received] = api(bob).get("/v1/friend-requests")["items"]
    assert received == asked | {"incoming": True, "person": received["person"]}
    assert received["person"] == {"id": str(ann.id), "username": ann.username, "display_name": "Ann"}
    assert may_write(ann, bob) == may_write(bob, ann) == "not_friends"
    friend = api(bob).post(f"/v1/friend-requests/{asked['id']}/accept", None)["friend"]
    assert friend["person"] == received["person"]
    assert (friend["remark"], friend["tags"], friend["pinned"]) == ("", [], False)
    assert edges() == {(ann.id, bob.id), (bob.id, ann.id)}
    assert [book(one)["requests"] for one in (ann, bob)] == [{}, {}]
    assert may_write(ann, bob) == may_write(bob, ann) == ""
    assert only().state == State.ACCEPTED


def test_two_crossed_requests_make_one_friendship(ann: Person, bob: Person) -> None:
    assert isinstance(ask(ann, bob), FriendRequest)
    answer = api(bob).post("/v1/friend-requests", {"user": str(ann.id)})
    assert answer["friend"]["person"]["id"] == str(ann.id)
    assert len(edges()) == 2
    assert FriendRequest.objects.count() == 1
    api(bob).refuses("already_friends", "/v1/friend-requests", {"user": str(ann.id)}, status=409)


def test_asked_again_it_is_the_same_request(ann: Person, bob: Person) -> None:
    first, again = ask(ann, bob, "one"), ask(ann, bob, "two")
    assert first.pk == again.pk
    assert only().message == "one"


def test_declining_tells_nobody(ann: Person, bob: Person) -> None:
    asked = ask(ann, bob)
    before = book(ann)
    api(bob).call("POST", f"/v1/friend-requests/{asked.pk}/decline", status=204)
    assert book(bob)["requests"] == {}
    assert book(ann) == before
    assert ask(ann, bob).pk == asked.pk  # on the same day it still looks open
    api(bob).refuses("request_gone", f"/v1/friend-requests/{asked.pk}/accept", None, status=409)


def test_after_a_decline_either_may_ask_again(ann: Person, bob: Person) -> None:
    now = timezone.now()
    asked = ask(ann, bob, now=now)
    actions.decline(user_id=bob.id, request_id=asked.pk, now=now)
    later = now + timedelta(days=1, seconds=1)
    again = ask(ann, bob, now=later)
    assert again.pk != asked.pk
    assert [one["id"] for one in book(bob)["requests"].values()] == [str(again.pk)]
    assert [one["id"] for one in book(ann)["requests"].values()] == [str(again.pk)]
    actions.decline(user_id=bob.id, request_id=again.pk, now=later)
    assert isinstance(ask(bob, ann, now=later), Friend)


def test_a_request_taken_back_may_be_repeated_the_next_day(ann: Person, bob: Person) -> None:
    now = timezone.now()
    asked = ask(ann, bob, now=now)
    api(ann).delete(f"/v1/friend-requests/{asked.pk}", status=204)
    assert book(ann)["requests"] == book(bob)["requests"] == {}
    with pytest.raises(AskedRecently) as refused:
        ask(ann, bob, now=now + timedelta(hours=23))
    assert refused.value.retry_after_ms == pytest.approx(3_600_000, abs=2)
    assert isinstance(ask(ann, bob, now=now + timedelta(days=1)), FriendRequest)


def test_a_declined_request_is_taken_back_without_anybody_knowing(ann: Person, bob: Person) -> None:
    asked = ask(ann, bob)
    actions.decline(user_id=bob.id, request_id=asked.pk, now=timezone.now())
    api(ann).delete(f"/v1/friend-requests/{asked.pk}", status=204)
    assert book(ann)["requests"] == {}


def test_after_thirty_days_it_has_expired(ann: Person, bob: Person) -> None:
    long_ago = timezone.now() - timedelta(days=30, seconds=1)
    asked = ask(ann, bob, now=long_ago)
    assert book(ann)["requests"] == book(bob)["requests"] == {}
    api(bob).refuses("request_gone", f"/v1/friend-requests/{asked.pk}/accept", None, status=409)
    for method, path in (("POST", "/decline"), ("DELETE", "")):
        who = bob if path else ann
        assert api(who).call(method, f"/v1/friend-requests/{asked.pk}{path}", status=409)["code"] == "request_gone"
    assert isinstance(ask(bob, ann), FriendRequest)  # no crossing with what has expired
    assert isinstance(ask(ann, bob), Friend)


def test_only_its_two_people_touch_a_request(ann: Person, bob: Person, eve: Person) -> None:
    asked = ask(ann, bob)
    for who in (ann, eve):
        for path in ("/accept", "/decline"):
            api(who).refuses("request_gone", f"/v1/friend-requests/{asked.pk}{path}", None, status=409)
    for who in (bob, eve):
        assert api(who).delete(f"/v1/friend-requests/{asked.pk}", status=409)["code"] == "request_gone"
    assert only().state == State.PENDING


@pytest.mark.parametrize(
    ("said", "code", "status"),
    [
        ({}, "bad_request", 400),
        ({"user": "x"}, "bad_request", 400),
        ({"user": "00000000-0000-7000-8000-000000000000"}, "user_not_found", 404),
        ({"message": "x" * 201}, "bad_request", 400),
        ({"message": "a\0"}, "bad_content", 400),
        ({"source": "x" * 33}, "bad_request", 400),
        ({"source": "é"}, "bad_request", 400),
    ],
)
def test_what_is_not_taken_is_named(ann: Person, bob: Person, said: dict[str, Any], code: str, status: int) -> None:
    wanted = {"user": str(bob.id), **said} if said and "user" not in said else said
    api(ann).refuses(code, "/v1/friend-requests", wanted, status=status)
    assert not FriendRequest.objects.exists()


def test_nobody_is_a_friend_of_himself_or_of_a_closed_account(ann: Person, bob: Person) -> None:
    api(ann).refuses("not_yourself", "/v1/friend-requests", {"user": str(ann.id)})
    User.objects.filter(pk=bob.id).update(is_active=False)
    api(ann).refuses("user_not_found", "/v1/friend-requests", {"user": str(bob.id)}, status=404)


def test_there_is_an_end_to_friends(ann: Person, bob: Person, eve: Person, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "friends": 1}
    befriend(ann, bob)
    asked = ask(eve, ann)
    api(ann).refuses("too_many_friends", f"/v1/friend-requests/{asked.pk}/accept", None, status=409)
    assert FriendRequest.objects.get(pk=asked.pk).state == State.PENDING


def test_pages_of_requests(ann: Person, bob: Person, eve: Person) -> None:
    ask(bob, ann)
    ask(ann, eve)
    first = api(ann).get("/v1/friend-requests?limit=1")
    second = api(ann).get(f"/v1/friend-requests?limit=1&after={first['next']}")
    assert [one["person"]["display_name"] for one in first["items"] + second["items"]] == ["Eve", "Bob"]
    assert second["next"] is None


def test_accept_after_cancel_is_gone(ann: Person, bob: Person) -> None:
    asked = ask(ann, bob)
    actions.cancel(user_id=ann.id, request_id=asked.pk, now=timezone.now())
    with pytest.raises(RequestGone):
        actions.accept(user_id=bob.id, request_id=asked.pk, now=timezone.now())
