from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import queries as people
from groups import queries, rules
from groups.actions.hall import Hall
from groups.actions.invitations import Invited, ask
from groups.actions.profile import store
from groups.models import Group
from messaging import actions as messaging
from messaging import log
from messaging.actions import pairs
from messaging.errors import UserNotFound

T = TypeVar("T")


class Wanted(NamedTuple):
    """What a founder says of a new group; `key` makes it once however often it is said."""

    title: str
    others: Sequence[UUID] = ()
    settings: Mapping[str, Any] = {}
    key: UUID | None = None


def create(*, user_id: UUID, wanted: Wanted, now: datetime) -> tuple[UUID, Invited]:
    """A group with its founder as owner. Others come in at once or are asked, as each of them wishes."""
    wanted = checked(wanted)
    found, invited = once(user_id, wanted.key, lambda: _create(user_id, wanted, now))
    return found, invited or Invited([], [])


def checked(wanted: Wanted) -> Wanted:
    settings = {name: rules.CHANGES[name][1](value) for name, value in wanted.settings.items()}
    return wanted._replace(title=rules.CHANGES["title"][1](wanted.title), settings=settings)


def once(by: UUID, key: UUID | None, make: Callable[[], tuple[UUID, T]]) -> tuple[UUID, T | None]:
    """What `make` returns; or the group that was made with this key before, and None."""
    try:
        with transaction.atomic():
            return _known(by, key) or make()
    except IntegrityError:
        if known := _known(by, key):
            return known
        raise


def _known(by: UUID, key: UUID | None) -> tuple[UUID, None] | None:
    made = key and Group.objects.filter(made_by=by, key=key).first()
    return (made.pk, None) if made else None


def _create(user_id: UUID, wanted: Wanted, now: datetime) -> tuple[UUID, Invited]:
    others = [other for other in dict.fromkeys(wanted.others) if other != user_id]
    if not people.active(others) >= set(others):
        raise UserNotFound
    log.hold(pairs.self_logs([user_id, *others]).values())
    free = queries.addable(user_id, others)
    group_id = messaging.open_group(title=wanted.title, owner_id=user_id, member_ids=free)
    store(Group.objects.create(pk=group_id, made_by=user_id, key=wanted.key), wanted.settings)
    hall, asked = Hall(group_id, others), [other for other in others if other not in free]
    deaf = queries.blocking(user_id, asked)
    for other in asked:
        ask(hall, user_id, other, now, is_deaf=other in deaf)
    hall.finish()
    return group_id, Invited([other for other in others if other in free], asked)
