"""A socket's message on its way through a lane."""

import asyncio
import logging
from uuid import UUID

from channels.db import database_sync_to_async
from django.db.utils import Error

from imserver.errors import DomainError, Unavailable
from imserver.gateway.socket import Call
from messaging import actions, errors, writes
from messaging.drafts import Sent
from messaging.lanes import Lanes
from messaging.writes import Draft, Outcome

logger = logging.getLogger(__name__)


class Sending:
    """A draft in a lane. Implements messaging.answers.Sending."""

    __slots__ = ("_call", "_lanes", "_outcome", "_to_user", "created_at", "draft", "rev", "socket")

    def __init__(self, call: Call, draft: Draft, to_user: UUID | None, lanes: Lanes):
        self._call, self._lanes, self._to_user = call, lanes, to_user
        self.draft, self.socket = draft, call.socket
        self.rev = 0

    def appended(self, outcome: Outcome, created_at: str) -> None:
        self._outcome, self.rev, self.created_at = outcome, outcome.rev, created_at

    def give(self, prev: int) -> None:
        self._call.ok(Sent(self.draft, self._outcome, prev, self.created_at).spelled())

    def refused(self, outcome: Outcome) -> None:
        if outcome.code == writes.NOT_A_MEMBER and self._to_user:
            task = asyncio.get_running_loop().create_task(self._open(self._to_user))
            self.socket.tasks.add(task)
            task.add_done_callback(self.socket.tasks.discard)
        else:
            self._call.error(outcome.refusal() or errors.NotAMember())

    async def _open(self, to_user: UUID) -> None:
        """The first message to a person makes the conversation."""
        try:
            await database_sync_to_async(actions.open_direct)(user_id=self.draft.sender, other_id=to_user)
        except DomainError as e:
            self._call.error(e)
        except Error as e:
            logger.warning("The conversation of a first message could not be made: %s", e)
            self._call.error(Unavailable())
        except Exception:
            logger.exception("The conversation of a first message could not be made")
            self._call.error(Unavailable())
        else:
            self._to_user = None
            self._lanes.put(self)

    def error(self, error: DomainError) -> None:
        self._call.error(error)

    def fail(self) -> None:
        self._call.error(Unavailable())
