"""The socket door: what a device asks for when it comes back."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.conf import settings

from imserver import database
from imserver.gateway.protocol import Natural
from imserver.gateway.socket import Call
from imserver.realtime.hub import Hub
from imserver.realtime.together import Together
from inbox import queries, store
from messaging import entries
from messaging.errors import NotAMember
from messaging.queries import Page, Wanted, history

GATHER_SECONDS = 0.005


class Pull(msgspec.Struct):
    conversation: UUID
    after_rev: Natural | None = None
    before_seq: Natural | None = None
    limit: Annotated[int, msgspec.Meta(ge=1)] = settings.LIMITS["pull"]


class Inbox:
    """One gateway's share of the inbox."""

    def __init__(self, hub: Hub):
        del hub
        self._pulls: Together[Wanted, Page | None] = Together(
            GATHER_SECONDS, lambda wanted: database.arun(queries.pulls(wanted))
        )

    def start(self) -> None:
        store.current()

    async def stop(self) -> None:
        if there := store.current():
            there.close()

    async def pull(self, call: Call, data: Pull) -> None:
        limit, user = min(data.limit, settings.LIMITS["pull"]), call.socket.user_id
        if data.after_rev is None:
            found = await database.arun(history(user, data.conversation, data.before_seq, limit))
            call.numbered(
                b"entries",
                entries.page(data.conversation, found.items, before_seq=data.before_seq, complete=found.complete),
            )
            return
        page = await self._pulls.ask(Wanted(user, data.conversation, data.after_rev, limit))
        if page is None:
            raise NotAMember
        said = entries.page(data.conversation, page.items, prev=page.prev, head=page.head, reset=page.reset or None)
        call.numbered(b"entries", said, ((str(data.conversation), page.last_seq),) if page.last_seq else ())
