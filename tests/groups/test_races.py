"""Many at once, over 200 tries: whatever comes first counts, and the group is never left in nobody's charge."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from groups import actions
from groups.models import Group, Link
from imserver.errors import DomainError
from messaging import actions as messaging
from messaging.models import Conversation, Entry, Member
from messaging.rules import Role
from tests import make
from tests.make import Person

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 200
Step = Callable[[UUID], object]


def race(groups: list[UUID], *steps: Step) -> list[list[Any]]:
    """For each group what came of each step, all begun together."""
    barrier = threading.Barrier(len(steps), timeout=60)
    outcomes: list[list[Any]] = [[] for _ in steps]

    def run(step: Step, found: list[Any]) -> None:
        for group in groups:
            barrier.wait()
            try:
                found.append(step(group))
            except DomainError as e:
                found.append(e.code)
        connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(steps, outcomes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(150)
    assert [len(found) for found in outcomes] == [len(groups)] * len(steps)
    return [list(one) for one in zip(*outcomes, strict=True)]


@pytest.fixture
def people() -> list[Person]:
    return [make.person(name) for name in ("ann", "bob", "cat", "dan")]


def club(owner: Person, *others: Person, admins: tuple[Person, ...] = ()) -> UUID:
    group = make.group(owner, *others)
    Group.objects.create(pk=group)
    Member.objects.filter(conversation_id=group, user_id__in=[one.id for one in admins]).update(role=Role.ADMIN)
    return group


def roles(group: UUID) -> dict[UUID, int]:
    return dict(Member.objects.filter(conversation_id=group).values_list("user_id", "role"))


def check(group: UUID) -> None:
    """The count is right, and the log is dense."""
    conversation = Conversation.objects.get(pk=group)
    assert conversation.members == Member.objects.filter(conversation_id=group).count()
    revs = list(Entry.objects.filter(conversation_id=group).order_by("rev").values_list("rev", flat=True))
    assert revs == list(range(1, conversation.rev + 1))


def test_of_two_who_want_the_last_place_one_gets_it(people: list[Person]) -> None:
    ann, bob, cat, _ = people
    now, tokens = timezone.now(), {}
    groups = [club(ann) for _ in range(TRIES)]
    for group in groups:
        Group.objects.filter(pk=group).update(limit=2)
        tokens[group] = Link.objects.create(token=group.hex, group_id=group, by_id=ann.id, made_at=now).token
    came = race(
        groups,
        *(
            lambda group, who=who: actions.join(user_id=who.id, token=tokens[group], message="", now=now)
            for who in (bob, cat)
        ),
    )
    for group, outcomes in zip(groups, came, strict=True):
        assert outcomes.count("group_full") == 1
        assert len(roles(group)) == 2
        check(group)


def test_of_two_who_want_the_last_use_of_a_link_one_gets_it(people: list[Person]) -> None:
    ann, bob, cat, _ = people
    now = timezone.now()
    groups = [club(ann) for _ in range(TRIES)]
    for group in groups:
        Link.objects.create(token=group.hex, group_id=group, by_id=ann.id, made_at=now, most_uses=1)
    came = race(
        groups,
        *(
            lambda group, who=who: actions.join(user_id=who.id, token=group.hex, message="", now=now)
            for who in (bob, cat)
        ),
    )
    for group, outcomes in zip(groups, came, strict=True):
        assert outcomes.count("link_gone") == 1
        assert Link.objects.get(token=group.hex).uses == 1
        check(group)


def test_two_owners_in_a_row_and_who_leaves_leave_it_in_somebodys_charge(people: list[Person]) -> None:
    ann, bob, *_ = people
    groups = [club(ann, bob) for _ in range(TRIES)]
    came = race(
        groups,
        lambda group: actions.transfer(user_id=ann.id, group_id=group, other_id=bob.id),
        lambda group: actions.leave(user_id=bob.id, group_id=group, now=timezone.now()),
    )
    for group, outcomes in zip(groups, came, strict=True):
        assert outcomes in ([None, "owner_must_transfer"], ["not_in_group", None])
        assert Role.OWNER in roles(group).values()
        check(group)


def test_two_last_members_who_leave_at_once_dismiss_the_group_once(people: list[Person]) -> None:
    ann, bob, *_ = people
    groups = [club(ann, bob) for _ in range(TRIES)]
    steps = [
        lambda group, who=who: actions.leave(user_id=who.id, group_id=group, now=timezone.now()) for who in (ann, bob)
    ]
    for group, outcomes in zip(groups, race(groups, *steps), strict=True):
        left = roles(group)
        assert outcomes in (["owner_must_transfer", None], [None, None])
        assert left in ({ann.id: Role.OWNER}, {})
        assert (Group.objects.get(pk=group).dismissed_at is not None) == (left == {})
        check(group)


def test_two_last_admins_leave_at_once(people: list[Person]) -> None:
    ann, bob, cat, _ = people
    groups = [club(ann, bob, cat, admins=(bob, cat)) for _ in range(TRIES)]
    steps = [
        lambda group, who=who: actions.leave(user_id=who.id, group_id=group, now=timezone.now()) for who in (bob, cat)
    ]
    for group, outcomes in zip(groups, race(groups, *steps), strict=True):
        assert outcomes == [None, None]
        assert roles(group) == {ann.id: Role.OWNER}
        check(group)


def test_who_leaves_while_the_group_passes_to_him_leaves_it_in_somebodys_charge(people: list[Person]) -> None:
    ann, bob, cat, _ = people
    groups = [club(ann, bob, cat, admins=(bob,)) for _ in range(TRIES)]
    came = race(
        groups,
        lambda group: actions.pass_on(user_id=ann.id) and None,
        lambda group: actions.leave(user_id=bob.id, group_id=group, now=timezone.now()),
    )
    for group, (_, left) in zip(groups, came, strict=True):
        heir = cat if left is None else bob
        assert roles(group)[heir.id] == Role.OWNER
        assert (bob.id in roles(group)) == (left == "owner_must_transfer")
        check(group)


def test_who_is_made_an_admin_while_he_leaves_is_gone(people: list[Person]) -> None:
    ann, bob, *_ = people
    groups = [club(ann, bob) for _ in range(TRIES)]
    came = race(
        groups,
        lambda group: actions.appoint(user_id=ann.id, group_id=group, other_id=bob.id, admin=True),
        lambda group: actions.leave(user_id=bob.id, group_id=group, now=timezone.now()),
    )
    for group, outcomes in zip(groups, came, strict=True):
        assert outcomes in ([None, None], ["not_in_group", None])
        assert roles(group) == {ann.id: Role.OWNER}
        check(group)


def test_two_admins_who_remove_each_other_do_not(people: list[Person]) -> None:
    ann, bob, cat, _ = people
    groups = [club(ann, bob, cat, admins=(bob, cat)) for _ in range(TRIES // 4)]
    came = race(
        groups,
        lambda group: actions.remove(user_id=bob.id, group_id=group, other_id=cat.id),
        lambda group: actions.remove(user_id=cat.id, group_id=group, other_id=bob.id),
    )
    assert came == [["outranked", "outranked"]] * len(groups)


def test_an_admin_removed_while_he_removes_does_so_first_or_not_at_all(people: list[Person]) -> None:
    ann, bob, cat, _ = people
    groups = [club(ann, bob, cat, admins=(bob,)) for _ in range(TRIES)]
    came = race(
        groups,
        lambda group: actions.remove(user_id=ann.id, group_id=group, other_id=bob.id),
        lambda group: actions.remove(user_id=bob.id, group_id=group, other_id=cat.id),
    )
    for group, outcomes in zip(groups, came, strict=True):
        assert outcomes in ([None, None], [None, "not_a_member"])
        assert (cat.id in roles(group)) == (outcomes[1] is not None)
        check(group)


def test_a_ban_and_a_joining_at_once_end_outside(people: list[Person]) -> None:
    ann, bob, *_ = people
    now = timezone.now()
    groups = [club(ann) for _ in range(TRIES)]
    for group in groups:
        Link.objects.create(token=group.hex, group_id=group, by_id=ann.id, made_at=now)
    race(
        groups,
        lambda group: actions.ban(user_id=ann.id, group_id=group, other_id=bob.id, why=actions.Reason(), now=now),
        lambda group: actions.join(user_id=bob.id, token=group.hex, message="", now=now),
    )
    for group in groups:
        assert bob.id not in roles(group)
        check(group)


def test_an_admin_made_while_somebody_asks_hears_of_it_or_is_told_by_the_list(people: list[Person]) -> None:
    """He is held with the others, or was none yet; and nobody waits for another in a circle."""
    ann, bob, cat, dan = people
    now = timezone.now()
    groups = [club(ann, bob, cat) for _ in range(TRIES)]
    Group.objects.update(takes_requests=True)
    race(
        groups,
        lambda group: actions.appoint(user_id=ann.id, group_id=group, other_id=bob.id, admin=True),
        lambda group: actions.request(user_id=dan.id, group_id=group, message="", now=now),
        lambda group: messaging.remove_members(conversation_id=group, user_ids=[cat.id], by=ann.id),
    )
    for group in groups:
        assert roles(group) == {ann.id: Role.OWNER, bob.id: Role.ADMIN}
        check(group)
