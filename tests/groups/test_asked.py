"""What is open between a group and somebody outside: who sees it, what it says, and that it ends with the group."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from friends import actions as friends
from groups import actions
from groups.models import Group, Invitation, JoinRequest, State
from messaging.models import Entry
from messaging.rules import pair
from tests import make
from tests.groups.conftest import api, appoint, found, refused, wishes
from tests.groups.test_races import TRIES, club, race
from tests.make import Person

pytestmark = pytest.mark.django_db


def heard(person: Person) -> list[tuple[str, Any]]:
    entries = Entry.objects.filter(conversation_id=pair(person.id, person.id)).order_by("rev")
    return [(entry.kind_name, json.loads(entry.content or "{}")) for entry in entries]


def listed(person: Person, what: str) -> list[Any]:
    return list(api(person).get(f"/v1/{what}")["items"])


def test_who_asked_sees_that_he_waits_until_he_is_answered(ann: Person, bob: Person, eve: Person) -> None:
    group, other = found(ann, takes_requests=True), found(ann, takes_requests=True)
    said = api(bob).post(f"/v1/groups/{group}/join-requests", {"message": "It is Bob"})["request"]
    later = api(bob).post(f"/v1/groups/{other}/join-requests", {})["request"]
    assert (said["group"], said["title"], said["message"]) == (group, "Club", "It is Bob")
    assert listed(bob, "group-join-requests") == [later, said]
    assert heard(bob) == [("join.requested", {"request": said}), ("join.requested", {"request": later})]
    assert listed(ann, "group-join-requests") == listed(eve, "group-join-requests") == []
    api(ann).post(f"/v1/groups/{group}/join-requests/{bob.id}/decline", None, status=204)
    api(bob).delete(f"/v1/groups/{other}/join-requests", status=204)
    assert listed(bob, "group-join-requests") == []


def test_who_is_outside_hears_of_no_other_title(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann, takes_requests=True)
    wishes(bob, "nobody")
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})
    api(cat).post(f"/v1/groups/{group}/join-requests", {})
    api(ann).call("PATCH", f"/v1/groups/{group}", {"title": "Choir"}, status=200)
    assert [one["group"]["title"] for one in listed(bob, "group-invitations")] == ["Club"]
    assert [one["title"] for one in listed(cat, "group-join-requests")] == ["Club"]
    assert [one["title"] for one in listed(ann, f"groups/{group}/join-requests")] == ["Club"]


def by_its_owner(group: str, ann: Person) -> None:
    api(ann).delete(f"/v1/groups/{group}", status=204)


def by_staff(group: str, ann: Person) -> None:
    actions.close_by_staff(group_id=UUID(group), now=timezone.now())


def by_its_host(group: str, ann: Person) -> None:
    actions.dismiss_for(service_id=ann.id, group_id=UUID(group), now=timezone.now())


def by_the_last_who_leaves(group: str, ann: Person) -> None:
    api(ann).post(f"/v1/groups/{group}/leave", None, status=204)


@pytest.mark.parametrize("end", [by_its_owner, by_staff, by_its_host, by_the_last_who_leaves])
def test_with_the_group_ends_what_is_open(
    ann: Person, bob: Person, cat: Person, eve: Person, end: Callable[[str, Person], None]
) -> None:
    group = found(ann, takes_requests=True)
    for person in (bob, eve):
        wishes(person, "nobody")
    friends.block(user_id=eve.id, other_id=ann.id, now=timezone.now())
    api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id), str(eve.id)]})
    [invitation] = listed(bob, "group-invitations")
    request = api(cat).post(f"/v1/groups/{group}/join-requests", {})["request"]["id"]
    end(group, ann)
    assert listed(bob, "group-invitations") == listed(cat, "group-join-requests") == []
    assert heard(bob)[-1] == ("invitation.closed", {"invitation": invitation["id"]})
    kind, said = heard(cat)[-1]
    assert (kind, said["request"], said["state"]) == ("join.closed", request, "cancelled")
    assert "join.closed" in [kind for kind, _ in heard(ann)]
    assert "invitation.closed" not in [kind for kind, _ in heard(eve)]
    assert not any(asked.objects.filter(closed_at=None).exists() for asked in (Invitation, JoinRequest))
    refused(bob, "invitation_gone", "POST", f"/v1/group-invitations/{invitation['id']}/accept", status=404)


def test_who_leaves_others_behind_ends_nothing(ann: Person, bob: Person, cat: Person) -> None:
    group = found(ann, bob, takes_requests=True)
    appoint(ann, group, bob)
    api(cat).post(f"/v1/groups/{group}/join-requests", {})
    api(bob).post(f"/v1/groups/{group}/leave", None, status=204)
    assert len(listed(cat, "group-join-requests")) == len(listed(ann, f"groups/{group}/join-requests")) == 1


def test_what_was_asked_by_an_older_server_has_its_title_and_is_closed_where_its_group_is_over(
    ann: Person, bob: Person, cat: Person
) -> None:
    groups = [found(ann, takes_requests=True) for _ in range(2)]
    wishes(bob, "nobody")
    for group in groups:
        api(ann).post(f"/v1/groups/{group}/members", {"users": [str(bob.id)]})
        api(cat).post(f"/v1/groups/{group}/join-requests", {})
    by_its_owner(groups[1], ann)
    connection.check_constraints()
    MigrationExecutor(connection).migrate([("groups", "0003_member_names")])
    with connection.cursor() as cursor:
        for table in ("group_invitation", "join_request"):
            cursor.execute(f"update {table} set state = 1, closed_at = null")
    connection.check_constraints()
    MigrationExecutor(connection).migrate([("groups", "0004_what_was_asked")])
    invitations = [one["group"] for one in listed(bob, "group-invitations")]
    assert [(group["id"], group["title"]) for group in invitations] == [(groups[0], "Club")]
    assert [(one["group"], one["title"]) for one in listed(cat, "group-join-requests")] == [(groups[0], "Club")]


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_open_with_a_group_that_ends_while_somebody_is_asked() -> None:
    """Who was asked before the group was held is held with it, or was not asked."""
    ann, bob, cat, dan = [make.person(name) for name in ("ann", "bob", "cat", "dan")]
    wishes(bob, "nobody")
    now, groups = timezone.now(), [club(ann, dan) for _ in range(TRIES)]
    Group.objects.update(takes_requests=True)
    outcomes = race(
        groups,
        lambda group: actions.dismiss(user_id=ann.id, group_id=group, now=now),
        lambda group: actions.invite(user_id=ann.id, group_id=group, other_ids=[bob.id], now=now),
        lambda group: actions.request(user_id=cat.id, group_id=group, message="", now=now),
    )
    assert not Group.objects.filter(dismissed_at=None).exists()
    for asked in (Invitation, JoinRequest):
        assert not asked.objects.filter(state=State.PENDING).exists()
    invited = sum(outcome[1] != "group_dismissed" for outcome in outcomes)
    requested = sum(outcome[2] != "group_dismissed" for outcome in outcomes)
    told = [kind for kind, _ in heard(bob)], [kind for kind, _ in heard(cat)]
    assert told[0].count("invitation.received") == told[0].count("invitation.closed") == invited
    assert told[1].count("join.requested") == told[1].count("join.closed") == requested
