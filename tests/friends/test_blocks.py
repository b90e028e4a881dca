"""A blocked person is answered as a stranger is, and learns nothing."""

from uuid import UUID, uuid4

import pytest

from friends.models import Block
from tests import make
from tests.friends.conftest import api, ask, befriend, book, may_write
from tests.make import Person

pytestmark = pytest.mark.django_db


def block(one: Person, other: Person) -> None:
    api(one).call("PUT", f"/v1/blocks/{other.id}", status=200)


def test_who_is_blocked_can_do_what_a_stranger_can(ann: Person, bob: Person, eve: Person) -> None:
    befriend(ann, bob)
    conversation = make.direct(ann, bob)
    block(ann, bob)
    assert may_write(bob, ann) == may_write(eve, ann) == "not_friends"
    assert may_write(ann, bob) == "blocked"
    assert book(bob)["friends"].keys() == {str(ann.id)}  # he sees nothing of it
    refused = api(bob).call(
        "POST",
        f"/v1/conversations/{conversation}/messages",
        {"key": "5c0d9d5e-5b1e-4c8a-9d55-1d8a3d7b6c11", "kind": "text", "content": {"text": "hi"}},
        status=403,
    )
    assert refused["code"] == "not_friends"


def test_unblocking_restores_what_was(ann: Person, bob: Person, eve: Person) -> None:
    befriend(ann, bob)
    for other in (bob, eve):
        block(ann, other)
        api(ann).delete(f"/v1/blocks/{other.id}", status=204)
        api(ann).delete(f"/v1/blocks/{other.id}", status=204)
    assert may_write(bob, ann) == may_write(ann, bob) == ""
    assert may_write(eve, ann) == "not_friends"


def test_both_may_block(ann: Person, bob: Person) -> None:
    befriend(ann, bob)
    block(ann, bob)
    block(bob, ann)
    api(ann).delete(f"/v1/blocks/{bob.id}", status=204)
    assert may_write(ann, bob) == "not_friends"
    assert may_write(bob, ann) == "blocked"
    api(bob).delete(f"/v1/blocks/{ann.id}", status=204)
    assert may_write(ann, bob) == may_write(bob, ann) == ""


def test_who_is_blocked_cannot_ask_nor_find(ann: Person, bob: Person) -> None:
    block(ann, bob)
    api(bob).refuses("may_not_request", "/v1/friend-requests", {"user": str(ann.id)}, status=403)
    api(ann).refuses("blocked_by_you", "/v1/friend-requests", {"user": str(bob.id)}, status=409)
    for text in (ann.username, f"{ann.username}@example.com"):
        assert api(bob).get(f"/v1/users?q={text}")["items"] == []
    assert [one["id"] for one in api(ann).get(f"/v1/users?q={bob.username}")["items"]] == [str(bob.id)]


def test_open_requests_end_and_the_blocked_person_hears_of_his_own_alone(ann: Person, bob: Person, eve: Person) -> None:
    ask(bob, ann)
    ask(ann, eve)
    before = book(bob)
    block(ann, bob)
    block(ann, eve)
    assert book(ann)["requests"] == {}
    assert book(bob) == before
    assert book(eve)["requests"] == {}
    asked = next(iter(before["requests"]))
    api(ann).refuses("request_gone", f"/v1/friend-requests/{asked}/accept", None, status=409)


def test_blocking_twice_is_blocking_once(ann: Person, bob: Person) -> None:
    block(ann, bob)
    first = book(ann)
    block(ann, bob)
    assert book(ann) == first
    assert Block.objects.count() == 1


def test_what_cannot_be_blocked(ann: Person) -> None:
    assert api(ann).call("PUT", f"/v1/blocks/{ann.id}", status=400)["code"] == "not_yourself"
    nobody = "00000000-0000-7000-8000-000000000000"
    assert api(ann).call("PUT", f"/v1/blocks/{nobody}", status=404)["code"] == "user_not_found"


def test_pages_of_blocks(ann: Person, bob: Person, eve: Person) -> None:
    block(ann, bob)
    block(ann, eve)
    first = api(ann).get("/v1/blocks?limit=1")
    second = api(ann).get(f"/v1/blocks?limit=1&after={first['next']}")
    assert len({one["person"]["id"] for one in first["items"] + second["items"]}) == 2


def mentions(person: Person, conversation: UUID) -> int:
    return int(api(person).get(f"/v1/conversations/{conversation}")["mentions"])


def test_in_a_group_both_see_what_both_say_and_an_answer_counts_as_no_mention(ann: Person, bob: Person) -> None:
    group = make.group(bob, ann)
    make.message(ann, group, "Ann asks")
    block(ann, bob)
    for reader, writer in ((ann, bob), (bob, ann)):
        make.message(writer, group, f"{writer.username} answers", reply_to=1)
        told = api(reader).get(f"/v1/conversations/{group}/messages")["items"]
        assert told[-1]["content"]["text"] == f"{writer.username} answers"
        assert mentions(reader, group) == 0


def test_a_mention_by_the_blocked_does_not_count_while_he_is(ann: Person, bob: Person, eve: Person) -> None:
    befriend(ann, bob)
    group = make.group(bob, ann, eve)
    block(ann, bob)
    named = [str(ann.id), str(eve.id), "all"]
    said = {"key": str(uuid4()), "kind": "text", "content": {"text": "you!"}, "mentions": named}
    ok = api(bob).call("POST", f"/v1/conversations/{group}/messages", said, status=201)
    assert "mentions_dropped" not in ok, "he cannot tell"
    assert (mentions(ann, group), mentions(eve, group)) == (0, 1)
    assert api(ann).get(f"/v1/conversations/{group}")["unread"] == 1
    api(ann).delete(f"/v1/blocks/{bob.id}", status=204)
    assert mentions(ann, group) == 1
