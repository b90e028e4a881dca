"""What one notes of friends, and how a friendship ends."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from friends.models import Friend
from messaging.models import Member
from messaging.rules import pair
from tests import make
from tests.friends.conftest import api, ask, befriend, book, edges, may_write
from tests.make import Person

pytestmark = pytest.mark.django_db


def test_a_remark_tags_and_a_pin_are_ones_own(ann: Person, bob: Person) -> None:
    befriend(ann, bob)
    notes = {"remark": "Bobby", "tags": ["work", " climbing ", "work"], "pinned": True}
    friend = api(ann).call("PATCH", f"/v1/friends/{bob.id}", notes, status=200)["friend"]
    assert (friend["remark"], friend["tags"], friend["pinned"]) == ("Bobby", ["climbing", "work"], True)
    assert book(ann)["friends"] == {str(bob.id): friend}
    assert book(bob)["friends"][str(ann.id)]["remark"] == ""
    friend = api(ann).call("PATCH", f"/v1/friends/{bob.id}", {"remark": "", "pinned": False}, status=200)["friend"]
    assert (friend["remark"], friend["tags"], friend["pinned"]) == ("", ["climbing", "work"], False)


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        ({"remark": "x" * 65}, "bad_name"),
        ({"remark": "\u202e"}, "bad_name"),
        ({"tags": [""]}, "bad_tag"),
        ({"tags": ["x" * 33]}, "bad_tag"),
        ({"tags": [str(number) for number in range(21)]}, "bad_tag"),
        ({"tags": "work"}, "bad_request"),
        ({"pinned": 1}, "bad_request"),
        ({"remark": None}, "bad_request"),
    ],
)
def test_what_is_not_taken_changes_nothing(ann: Person, bob: Person, notes: dict[str, Any], code: str) -> None:
    befriend(ann, bob)
    before = book(ann)
    refused = api(ann).call("PATCH", f"/v1/friends/{bob.id}", notes, status=400)
    assert refused["code"] == code
    assert book(ann) == before


def test_tags_are_listed_renamed_and_removed(ann: Person, bob: Person, eve: Person) -> None:
    for friend, tags in ((bob, ["work", "climbing"]), (eve, ["work", "office"])):
        befriend(ann, friend)
        api(ann).call("PATCH", f"/v1/friends/{friend.id}", {"tags": tags}, status=200)

    def tags() -> dict[str, int]:
        return {one["name"]: one["friends"] for one in api(ann).get("/v1/friend-tags")["items"]}

    assert tags() == {"climbing": 1, "office": 1, "work": 2}
    found = api(ann).get("/v1/friends?tag=climbing")["items"]
    assert [one["person"]["id"] for one in found] == [str(bob.id)]
    api(ann).call("PATCH", "/v1/friend-tags/work", {"name": "office"}, status=204)
    assert tags() == {"climbing": 1, "office": 2}
    api(ann).delete("/v1/friend-tags/office", status=204)
    assert tags() == {"climbing": 1}
    for method in ("PATCH", "DELETE"):
        refused = api(ann).call(method, "/v1/friend-tags/a/b", {"name": "c"}, status=404)
        assert refused["code"] == "tag_not_found"
    assert api(bob).get("/v1/friend-tags")["items"] == []


def test_it_ends_for_both_and_what_was_written_stays(ann: Person, bob: Person) -> None:
    befriend(ann, bob)
    conversation = make.direct(ann, bob)
    make.message(ann, conversation)
    api(bob).delete(f"/v1/friends/{ann.id}", status=204)
    assert edges() == set()
    assert may_write(ann, bob) == may_write(bob, ann) == "not_friends"
    assert len(api(ann).get(f"/v1/conversations/{conversation}/messages")["items"]) == 1
    for who, other in ((ann, bob), (bob, ann)):
        assert api(who).delete(f"/v1/friends/{other.id}", status=404)["code"] == "not_a_friend"
        refused = api(who).call("PATCH", f"/v1/friends/{other.id}", {}, status=404)
        assert refused["code"] == "not_a_friend"
    befriend(ann, bob)
    assert may_write(ann, bob) == ""


def test_strangers_write_where_the_server_lets_them(ann: Person, bob: Person, settings: Any) -> None:
    assert may_write(ann, bob) == "not_friends"
    settings.FRIENDS_ONLY = False
    assert may_write(ann, bob) == "not_friends"
    assert apply() == "1 conversations"
    assert may_write(ann, bob) == ""
    settings.FRIENDS_ONLY = True
    apply()
    assert may_write(ann, bob) == "not_friends"


def apply() -> str:
    out = StringIO()
    call_command("friends", "apply", stdout=out)
    return out.getvalue().strip()


@pytest.mark.parametrize("friends_only", [True, False])
def test_all_at_once_is_judged_as_one_by_one(
    ann: Person, bob: Person, eve: Person, settings: Any, friends_only: bool
) -> None:
    settings.FRIENDS_ONLY = friends_only
    people = [ann, bob, eve, make.person("cat"), make.person("dan")]
    places = {pair(one.id, other.id) for one in people for other in people if one != other}
    for one in people[1:]:
        make.direct(ann, one)
    befriend(ann, bob)
    befriend(ann, eve)
    ask(people[3], ann)
    api(ann).call("PUT", f"/v1/blocks/{eve.id}", status=200)
    api(people[4]).call("PUT", f"/v1/blocks/{ann.id}", status=200)
    found = Member.objects.filter(conversation_id__in=places).order_by("conversation_id", "user_id")
    before = list(found.values_list("denied", flat=True))
    found.update(denied=3 | 4)
    apply()
    assert list(found.values_list("denied", flat=True)) == [denied | 4 for denied in before]


def test_pages_of_friends(ann: Person, bob: Person, eve: Person) -> None:
    befriend(ann, bob)
    befriend(ann, eve)
    first = api(ann).get("/v1/friends?limit=1")
    second = api(ann).get(f"/v1/friends?limit=1&after={first['next']}")
    found = [one["person"]["id"] for one in first["items"] + second["items"]]
    assert found == sorted([str(bob.id), str(eve.id)])
    assert second["next"] is None
    assert api(ann).get("/v1/friends?limit=2")["next"] is None
    api(ann).call("GET", "/v1/friends?limit=0", status=400)


def test_a_page_costs_the_same_however_many_there_are(ann: Person, django_assert_num_queries: Any) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            befriend(ann, make.person("friend"))
        with django_assert_num_queries(2) as captured:
            api(ann).get("/v1/friends")
        counts.append(len(captured))
    assert counts == [2, 2]
    assert Friend.objects.filter(user_id=ann.id).count() == 10


def test_a_tag_that_cannot_be_stored_is_told_so(ann: Person) -> None:
    refused = [
        api(ann).get("/v1/friends?tag=%00", status=400),
        api(ann).call("PATCH", "/v1/friend-tags/%00", {"name": "x"}, status=400),
        api(ann).call("DELETE", "/v1/friend-tags/%00", status=400),
    ]
    assert {one["code"] for one in refused} == {"bad_content"}
