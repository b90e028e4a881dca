"""Old state + live events = fresh fetch, for whatever people do in groups."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from groups import actions
from groups.models import Group, Invitation, JoinRequest, Link
from imserver import database
from imserver.errors import DomainError
from messaging import queries
from messaging.models import Conversation, Member
from messaging.rules import Role, pair
from tests import make
from tests.groups.conftest import api, wishes
from tests.make import Person

pytestmark = pytest.mark.django_db
Book = dict[str, Any]
PATH = "/v1/groups/{}"


def fetched(person: Person, group: UUID) -> Book:
    """What a new device fetches: the group with its members, if one is in it; what is asked of one, and by one."""
    one, found = api(person), {"invitations": mine(person, "group-invitations"), "group": None, "members": {}}
    found |= {"requests": {}, "asked": mine(person, "group-join-requests")}
    row = Member.objects.filter(user_id=person.id, conversation_id=group).first()
    if row:
        found["group"] = one.get(PATH.format(group))["group"]
        members = one.get(f"{PATH.format(group)}/members")["items"]
        found["members"] = {seat["person"]["id"]: (seat["role"], seat["muted_until"]) for seat in members}
        if row.role:
            asked = one.get(f"{PATH.format(group)}/join-requests")["items"]
            found["requests"] = {request["id"]: request for request in asked}
    return found


def mine(person: Person, what: str) -> dict[str, Any]:
    return {one["id"]: one for one in api(person).get(f"/v1/{what}")["items"]}


class Device:
    """Takes entries of its own log and of the group's, as docs/protocol.md says."""

    def __init__(self, person: Person, group: UUID):
        self.person, self.place = person, group
        self.book, self.fresh = fetched(person, group), 0
        self.revs = {log: self._head(log) for log in (pair(person.id, person.id), group)}

    def _head(self, log: UUID) -> int:
        found = Conversation.objects.filter(pk=log).first()
        return found.rev if found else 0

    def catch_up(self) -> None:
        own = pair(self.person.id, self.person.id)
        for item in self._pulled(own):
            self._take(item["kind"], item["content"])
        if self.book["group"]:
            for item in self._pulled(self.place):
                if item["rev"] > self.fresh:  # what was read anew on the way holds it already
                    self._take(item["kind"], item["content"])
        if not Member.objects.filter(user_id=self.person.id, conversation_id=self.place).exists():
            self.revs[self.place] = 0

    def _pulled(self, log: UUID) -> list[Any]:
        if self._head(log) == self.revs[log]:
            return []
        try:
            page = database.run(queries.pull(self.person.id, log, self.revs[log], 200))
        except DomainError:
            return []
        self.revs[log] = page.head
        return [json.loads(item) for item in page.items]

    def _take(self, kind: str, content: Book) -> None:
        getattr(self, kind.replace(".", "_"))(**content)

    def invitation_received(self, invitation: Book) -> None:
        self.book["invitations"][invitation["id"]] = invitation

    def invitation_closed(self, invitation: str) -> None:
        self.book["invitations"].pop(invitation, None)

    def join_requested(self, request: Book) -> None:
        whose = "asked" if request["person"]["id"] == str(self.person.id) else "requests"
        self.book[whose][request["id"]] = request

    def join_closed(self, request: str, state: str, **_: Any) -> None:
        assert state in ("accepted", "declined", "cancelled")
        for whose in ("asked", "requests"):
            self.book[whose].pop(request, None)

    def announcement_read(self, group: str, number: int) -> None:
        if self.book["group"] and (said := self.book["group"]["announcement"]):
            said["read"] = number >= said["number"]

    def conversation_joined(self, conversation: str) -> None:
        self._fetch()

    def conversation_left(self, conversation: str) -> None:
        self.book |= {"group": None, "members": {}, "requests": {}}

    def group_updated(self, **content: Any) -> None:
        """A new announcement is asked for: whether one has read it is one's own."""
        if "announcement" in content:
            self._fetch()
        else:
            self.book["group"] |= content

    def group_dismissed(self) -> None:
        self.book["group"] |= {"dismissed": True, "only_admins_post": False}

    def member_role(self, user: str, role: str) -> None:
        members = self.book["members"]
        members[user] = (role, members[user][1])
        if user == str(self.person.id):  # what one may see has changed
            self._fetch()

    def member_muted(self, user: str, until: str | None) -> None:
        self.book["members"][user] = (self.book["members"][user][0], until)
        if user == str(self.person.id):
            self.book["group"]["muted_until"] = until

    def member_joined(self, user: str, via: str, muted_until: str | None = None) -> None:
        self._seats({**self.book["members"], user: ("member", muted_until)})

    def member_left(self, user: str, how: str) -> None:
        self._seats({who: seat for who, seat in self.book["members"].items() if who != user})

    def members_changed(self, via: str = "", how: str = "", **count: int) -> None:
        self._fetch()

    def _seats(self, members: Book) -> None:
        self.book["members"] = members
        self.book["group"]["members"] = len(members)

    def _fetch(self) -> None:
        self.book = fetched(self.person, self.place)
        if self.book["group"]:
            self.revs[self.place] = self.fresh = self._head(self.place)


class World:
    def __init__(self) -> None:
        self.people = [make.person(name) for name in ("ann", "bob", "cat", "dan", "eve")]
        for person in self.people:
            wishes(person, "all" if person in self.people[1:3] else "nobody")
        self.now = timezone.now() - timedelta(days=5)
        ann, bob, *_ = self.people
        wanted = actions.Wanted("Club", [bob.id], {"takes_requests": True})
        self.service = ann.id  # whoever made the group manages it
        self.group, _ = actions.create(user_id=ann.id, wanted=wanted, now=self.now)
        Link.objects.create(token=self.group.hex, group_id=self.group, by_id=ann.id, made_at=self.now, most_uses=5)
        self.muted: set[UUID] = set()
        self._crowd: dict[UUID, None] = {}
        self.devices = [Device(person, self.group) for person in self.people]

    def crowd(self) -> dict[UUID, None]:
        """So many that they are not told of one by one."""
        if not self._crowd:
            names = [f"crowd{number}{self.group.hex[-20:]}" for number in range(21)]
            made = User.objects.bulk_create([User(username=name, display_name=name) for name in names])
            self._crowd = dict.fromkeys(user.pk for user in made)
        return self._crowd

    def mute(self, one: Person, other: Person, until: datetime | None) -> None:
        actions.mute(user_id=one.id, group_id=self.group, other_id=other.id, until=until)
        (self.muted.add if until else self.muted.discard)(other.id)

    def check(self) -> None:
        for device in self.devices:
            device.catch_up()
            assert device.book == fetched(device.person, self.group), device.person.username


def invitation(act: Callable[..., object]) -> Callable[[World, Person, Person], object]:
    def do(world: World, one: Person, other: Person) -> object:
        found = Invitation.objects.filter(group_id=world.group).order_by("-pk").first()
        return found and act(user_id=one.id, invitation_id=found.pk, now=world.now)

    return do


def of_two(act: Callable[..., object], **more: Any) -> Callable[[World, Person, Person], object]:
    return lambda world, one, other: act(user_id=one.id, group_id=world.group, other_id=other.id, **more)


def then(act: Callable[..., object], *, other: bool = True, **more: Any) -> Callable[[World, Person, Person], object]:
    def do(world: World, one: Person, of: Person) -> object:
        return act(
            user_id=one.id, group_id=world.group, now=world.now, **({"other_id": of.id} if other else {}), **more
        )

    return do


LATER = timezone.now().replace(microsecond=0) + timedelta(days=1)
STEPS: dict[str, Callable[[World, Person, Person], object]] = {
    "invite": lambda world, one, other: actions.invite(
        user_id=one.id, group_id=world.group, other_ids=[other.id], now=world.now
    ),
    "accept": invitation(actions.accept),
    "decline": invitation(actions.decline),
    "withdraw": invitation(actions.withdraw),
    "join": lambda world, one, _: actions.join(user_id=one.id, token=world.group.hex, message="", now=world.now),
    "request": then(actions.request, other=False, message="let me in"),
    "approve": then(actions.approve),
    "decline_request": then(actions.decline_request),
    "take_back": then(actions.take_back, other=False),
    "remove": of_two(actions.remove),
    "appoint": of_two(actions.appoint, admin=True),
    "appoint not": of_two(actions.appoint, admin=False),
    "transfer": of_two(actions.transfer),
    "mute": lambda world, one, other: world.mute(one, other, LATER),
    "mute not": lambda world, one, other: world.mute(one, other, None),
    "ban": then(actions.ban, why=actions.Reason()),
    "unban": of_two(actions.unban),
    "leave": then(actions.leave, other=False),
    "dismiss": then(actions.dismiss, other=False),
    "update": lambda world, one, other: actions.update(
        user_id=one.id, group_id=world.group, changes={"title": other.username[:20], "slow_s": 5}
    ),
    "update rules": lambda world, one, _: actions.update(
        user_id=one.id,
        group_id=world.group,
        changes={"only_admins_post": True, "members_invite": True, "all_history": True},
    ),
    "announce": lambda world, one, other: actions.announce(
        user_id=one.id, group_id=world.group, text=other.username, now=world.now
    ),
    "read_announcement": lambda world, one, _: actions.read_announcement(
        user_id=one.id, group_id=world.group, number=99
    ),
    "put_members": lambda world, one, other: actions.put_members(
        service_id=world.service,
        group_id=world.group,
        seats={one.id: None, other.id: Role.ADMIN, **world.crowd()},
        now=world.now,
    ),
    "take_members": lambda world, one, other: actions.take_members(
        service_id=world.service, group_id=world.group, user_ids=[one.id, other.id, *world.crowd()]
    ),
    "change_for": lambda world, one, other: actions.change_for(
        service_id=world.service, group_id=world.group, changes={"title": one.username[:20]}, owner_id=other.id
    ),
    "dismiss_for": lambda world, *_: actions.dismiss_for(service_id=world.service, group_id=world.group, now=world.now),
    "close_by_staff": lambda world, *_: actions.close_by_staff(group_id=world.group, now=world.now),
    "pass_on": lambda _, one, __: actions.pass_on(user_id=one.id),
}
WALKS = st.lists(st.tuples(st.sampled_from([*STEPS]), st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=25)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WALKS)
def test_any_walk_ends_with_what_a_new_device_fetches(db: None, steps: list[tuple[str, int, int, bool]]) -> None:
    world = World()
    for step, one, other, looks in steps:
        with suppress(DomainError):
            STEPS[step](world, world.people[one], world.people[other])
        if looks:
            world.devices[one].catch_up()
    world.check()
    rows = Member.objects.filter(conversation_id=world.group)
    assert Conversation.objects.get(pk=world.group).members == rows.count()
    assert rows.filter(role=2).count() == 1 or not Group.objects.filter(pk=world.group, dismissed_at=None).exists()
    assert set(rows.filter(muted_until=LATER).values_list("user_id", flat=True)) <= world.muted
    assert not rows.filter(muted_until=None, user_id__in=world.muted).exists()
    assert not JoinRequest.objects.filter(state=1, person__in=rows.values("user_id")).exists()


def test_every_action_is_in_the_walk() -> None:
    named = {name for name in actions.__all__ if name[0].islower()}
    besides = {"create", "create_for", "make_link", "revoke_link", "set_limit"}
    assert named == {step.split()[0] for step in STEPS} | besides
