"""A group, held: what every action here begins and ends with.

What is read of it after the lock is what counts. Whatever is told goes into the log last, in one call.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction

from friends.spelling import moment
from groups import queries, rules
from groups.actions import returning
from groups.errors import GroupDismissed, NotInGroup
from groups.models import Group
from messaging import announce, log
from messaging.actions import membership, pairs
from messaging.actions.membership import Way
from messaging.errors import NotAMember
from messaging.models import Member
from messaging.writes import Note


class Hall:
    def __init__(self, group_id: UUID, people: Iterable[UUID]):
        self.id = group_id
        self.logs = pairs.self_logs(sorted(set(people)))
        log.hold([group_id, *self.logs.values()])
        self.conversation = membership.group(group_id)
        self.group, _ = Group.objects.get_or_create(pk=group_id)
        self._notes: list[Note] = []

    def member(self, user_id: UUID) -> Member:
        """Raises NotAMember: to a stranger there is no such group."""
        found = Member.objects.filter(conversation_id=self.id, user_id=user_id).first()
        if found is None:
            raise NotAMember
        return found

    def other(self, user_id: UUID) -> Member:
        found = Member.objects.filter(conversation_id=self.id, user_id=user_id).first()
        if found is None:
            raise NotInGroup
        return found

    def may(self, user_id: UUID, right: str) -> Member:
        """The member, who has the right. Raises NotAMember, GroupDismissed, NeedsRole."""
        member = self.member(user_id)
        self.check_open()
        if not (right == "invite" and self.group.members_invite):
            rules.check(member.role, right)
        return member

    def check_open(self) -> None:
        if self.group.dismissed_at:
            raise GroupDismissed

    def over(self, user_id: UUID, other_id: UUID, right: str) -> Member:
        """The other member, whom this one outranks and may do that to."""
        member, other = self.may(user_id, right), self.other(other_id)
        rules.check_rank(member.role, other.role)
        return other

    def put_in(self, user_ids: Iterable[UUID], by: UUID, via: str, now: datetime) -> list[UUID]:
        """Returns who was not in it before. Raises GroupFull."""
        logs = {user: self.logs[user] for user in user_ids}
        limit = rules.most_members(self.group.limit)
        kept = returning.recall(self.id, logs, now)
        until = {user: one["muted_until"] for user, one in kept.items() if one["muted_until"]}
        muted = {user: {"muted_until": moment(at)} for user, at in until.items()}
        way = Way(by, {"via": via}, kept, muted)
        moved = membership.enter(self.conversation, logs, way, limit=limit, all_history=self.group.all_history)
        self._notes += moved.notes
        return moved.users

    def take_out(self, user_ids: Iterable[UUID], by: UUID, how: str) -> list[UUID]:
        """Returns who was in it."""
        logs = {user: self.logs[user] for user in user_ids}
        returning.keep(self.id, logs)
        moved = membership.leave(self.conversation, logs, Way(by, {"how": how}))
        self._notes += moved.notes
        return moved.users

    def tell(self, kind: str, by: UUID, **content: Any) -> None:
        """Everybody in the group."""
        self._notes.append(Note(self.id, kind, by, content=json.dumps(content)))

    def tell_person(self, user_id: UUID, kind: str, by: UUID, **content: Any) -> None:
        self._notes.append(Note(self.logs[user_id], kind, by, content=json.dumps(content)))

    def tell_admins(self, kind: str, by: UUID, **content: Any) -> None:
        """They are held, where the hall was asked for with them."""
        for admin in self.admins:
            self.tell_person(admin, kind, by, **content)

    @cached_property
    def title(self) -> str:
        return queries.title(self.id)

    @cached_property
    def admins(self) -> list[UUID]:
        """When it was first asked."""
        return queries.admins(self.id)

    def finish(self) -> None:
        announce.record(self._notes)


Others = Callable[[UUID], Iterable[UUID]]
"""Those of a group whose self logs have to be held with it: asked before it is held, and once more after."""


@contextmanager
def held(group_id: UUID, *people: UUID, also: Others | None = None) -> Iterator[Hall]:
    """One transaction, with the self logs of these people, and of all who are among the others now."""
    with transaction.atomic():
        hall = _with_others(group_id, people, also) if also else Hall(group_id, people)
        yield hall
        hall.finish()


class _OthersNow(Exception):
    """Somebody came to them before the group was held."""


def _with_others(group_id: UUID, people: Iterable[UUID], others: Others) -> Hall:
    while True:
        wanted = {*people, *others(group_id)}
        try:
            with transaction.atomic():  # rolled back it gives its locks away
                hall = Hall(group_id, wanted)
                if not wanted.issuperset(others(group_id)):
                    raise _OthersNow
                return hall
        except _OthersNow:
            continue
