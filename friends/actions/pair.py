"""Two people, held: what every action here begins and ends with."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import queries as people
from friends import queries, rules
from friends.errors import NotYourself
from imserver.realtime import push
from messaging import actions as messaging
from messaging import announce
from messaging.actions import pairs
from messaging.errors import UserNotFound
from messaging.rules import pair
from messaging.writes import Note


class Pair:
    """Whatever is told goes into the log last, in one call."""

    def __init__(self, user_id: UUID, other_id: UUID):
        self.user_id, self.other_id = user_id, other_id
        self._logs = pairs.hold(user_id, other_id)
        self._notes: list[Note] = []

    def tell(self, user_id: UUID, kind: str, content: Mapping[str, Any]) -> None:
        self._notes.append(Note(self._logs[user_id], kind, self.user_id, content=json.dumps(content)))

    def judge(self) -> None:
        """Who may write to whom now."""
        friends = queries.are_friends(self.user_id, self.other_id)
        blocking = queries.blocked_between(self.user_id, self.other_id)
        for one, other in ((self.user_id, self.other_id), (self.other_id, self.user_id)):
            denied = rules.denied(friends=friends, blocks=one in blocking, is_blocked=other in blocking)
            conversation = pair(one, other)
            messaging.deny(conversation_id=conversation, user_id=one, policies=rules.POLICIES, denied=denied)
        transaction.on_commit(lambda: push.seen_anew([self.user_id, self.other_id]), robust=True)

    def finish(self) -> None:
        announce.record(self._notes)


@contextmanager
def held(user_id: UUID, other_id: UUID) -> Iterator[Pair]:
    """One transaction. Raises NotYourself, UserNotFound."""
    if user_id == other_id:
        raise NotYourself
    if not people.exist([other_id]):
        raise UserNotFound
    with transaction.atomic():
        found = Pair(user_id, other_id)
        yield found
        found.finish()
