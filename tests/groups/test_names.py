"""Who is found in a group by the beginning of a name: as its members are called now."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import User
from groups import actions
from groups.models import MemberName
from tests import make
from tests.groups.conftest import api, found
from tests.make import Person
from tests.messaging.race import results

pytestmark = pytest.mark.django_db


def search(by: Person, group: str, text: str, limit: int = 100) -> list[str]:
    """The ids of all pages."""
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        query: dict[str, Any] = {"q": text, "limit": limit, **({"after": after} if after else {})}
        page = api(by).get(f"/v1/groups/{group}/members?" + "&".join(f"{name}={said}" for name, said in query.items()))
        seen += [one["person"]["id"] for one in page["items"]]
        after = page["next"]
    return seen


def test_one_is_found_by_each_name_once_on_whatever_page(ann: Person) -> None:
    people = [make.person("kim") for _ in range(5)]
    group = found(ann, *people)
    names = ("Kim", "kimono", "Alkim", "KIMI", "Élan")
    for person, name in zip(people, names, strict=True):
        path = f"/v1/conversations/{group}/settings"
        api(person).call("PATCH", path, {"nickname": name}, status=200)
    everybody = {str(person.id) for person in people}
    for limit in (1, 2, 100):
        seen = search(ann, group, "kim", limit)
        assert set(seen) == everybody
        assert len(seen) == len(everybody)
    assert search(ann, group, "kimo") == [str(people[1].id)]
    assert search(ann, group, "AL") == [str(people[2].id)]
    assert search(ann, group, "e\u0301lan") == search(ann, group, "ÉLAN") == [str(people[4].id)]


def test_a_new_name_counts_and_the_old_one_no_longer(ann: Person, bob: Person, cat: Person) -> None:
    group, other = found(ann, bob), found(cat, bob)
    path = f"/v1/conversations/{group}/settings"
    api(bob).call("PATCH", path, {"nickname": "Chief"}, status=200)
    assert (search(ann, group, "chief"), search(cat, other, "chief")) == ([str(bob.id)], [])
    api(bob).call("PATCH", path, {"nickname": ""}, status=200)
    assert search(ann, group, "chief") == []
    accounts.update_profile(user_id=bob.id, changes={"display_name": "Zed"})
    connection.check_constraints()  # as a commit does
    for by, place in ((ann, group), (cat, other)):
        assert (search(by, place, "zed"), search(by, place, bob.username)) == ([str(bob.id)], [str(bob.id)])
    actions.leave(user_id=bob.id, group_id=MemberName.objects.filter(user_id=ann.id)[0].group_id, now=timezone.now())
    assert (search(ann, group, "zed"), search(cat, other, "zed")) == ([], [str(bob.id)])


def test_only_groups_keep_names(ann: Person, bob: Person) -> None:
    make.message(ann, make.direct(ann, bob))
    assert not MemberName.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_name_that_changes_while_its_person_comes_in_is_the_new_one() -> None:
    ann, people = make.person("ann"), [make.person("old") for _ in range(30)]
    for person in people:
        User.objects.filter(pk=person.id).update(added_to_groups="all", display_name="Old")
        group, _ = actions.create(user_id=ann.id, wanted=actions.Wanted("Club"), now=timezone.now())
        results(
            lambda who=person.id, group=group: actions.invite(
                user_id=ann.id, group_id=group, other_ids=[who], now=timezone.now()
            ),
            lambda who=person.id: accounts.update_profile(user_id=who, changes={"display_name": "New"}),
        )
        assert set(MemberName.objects.filter(user_id=person.id).values_list("name", flat=True)) == {
            "new",
            person.username,
        }
