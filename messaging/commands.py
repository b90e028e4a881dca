"""The socket door: what each command takes, and the call it makes."""

import time
from uuid import UUID

import msgspec

from imserver import database
from imserver.errors import DomainError
from imserver.gateway import protocol
from imserver.gateway.protocol import Known, Natural
from imserver.gateway.socket import Call
from imserver.realtime.bulletin import Shout
from imserver.realtime.hub import Hub
from imserver.realtime.lately import TYPING_SECONDS, Lately
from messaging import errors, queries, rules
from messaging.drafts import Message, checked
from messaging.lanes import Lanes
from messaging.marks import Deliveries, Marks
from messaging.resume import STORE
from messaging.sending import Sending
from messaging.writes import Mark, Marked


class Send(Message):
    conversation: UUID | None = None
    to_user: UUID | None = None


class MarkRead(msgspec.Struct):
    conversation: UUID
    read_seq: Natural


class Sync(msgspec.Struct):
    heads: dict[UUID, Known] = {}


class Typing(msgspec.Struct):
    conversation: UUID


class Messaging:
    """One gateway's share of messaging."""

    def __init__(self, hub: Hub):
        self._hub = hub
        self._lanes, self._marks = Lanes(hub), Marks(hub)
        self._typed = Lately(TYPING_SECONDS)
        self._deliveries = Deliveries(self._marks)

    def start(self) -> None:
        self._lanes.start()

    async def stop(self) -> None:
        await self._deliveries.stop()
        await self._marks.stop()
        await self._lanes.stop()

    def send(self, call: Call, data: Send) -> None:
        """Checked here, appended by a lane; the answer takes its turn in the stream of the conversation."""
        user = call.socket.user_id
        draft = checked(data, rules.place(user, data.conversation, data.to_user), user, int(time.time() * 1000))
        self._lanes.put(Sending(call, draft, data.to_user, self._lanes))

    def mark(self, call: Call, data: MarkRead) -> None:
        def answer(found: Marked | DomainError | None) -> None:
            if isinstance(found, Marked):
                call.ok(protocol.dumps({"conversation": found.conversation, "read_seq": found.read_seq}))
            else:
                call.error(found or errors.NotAMember())

        self._marks.put(Mark(data.conversation, call.socket.user_id, data.read_seq), answer)

    async def sync(self, call: Call, data: Sync) -> None:
        [heads] = await STORE.heads([(call.socket.user_id, data.heads)])
        said = {"left": heads.left, **({"more": True} if heads.more else {})}
        call.numbered(b"heads", protocol.spell(said, heads=heads.items), heads.arrived)

    async def typing(self, call: Call, data: Typing) -> None:
        """Passed on, never stored; only by somebody who hears the conversation and may write in it, once in 3 s."""
        typing = f"{call.socket.user} in {data.conversation}"
        if self._typed.is_new(typing):
            await self._tell_typing(call, data, typing)
        call.done()

    async def _tell_typing(self, call: Call, data: Typing, once: str) -> None:
        seen = await database.arun(queries.typing(call.socket.user_id, data.conversation))
        if seen:
            said = protocol.dumps({"conversation": data.conversation, "user": call.socket.user})
            body = b'"type":"typing","data":%b}' % said
            shout = Shout(body, besides=list(seen.besides), droppable=True, once=once)
            self._hub.tell([(seen.audience.topics, shout)])

    def arrived(self, user: UUID, messages: dict[str, int]) -> None:
        """A device has these messages."""
        self._deliveries.put(user, messages)
