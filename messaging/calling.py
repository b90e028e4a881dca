"""The socket door to calls: `signal`. What two devices say about their connection is passed on unread."""

from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from channels.db import database_sync_to_async
from django.utils import timezone

from imserver import database
from imserver.errors import BadRequest
from imserver.gateway import protocol
from imserver.gateway.socket import Call as Command
from imserver.realtime.bulletin import Item, Shout
from imserver.realtime.hub import Hub
from messaging import actions, errors, queries, rules
from messaging.actions import Party
from messaging.queries import Line

_ENDS: Final = ("reject", "busy", "cancel", "hangup")
_LONGEST: Final = 16_384  # bytes of a payload: a session description is 2 to 8 KB


class Signal(msgspec.Struct):
    call: UUID
    kind: Literal["invite", "ringing", "accept", "reject", "busy", "cancel", "hangup", "offer", "answer", "candidate"]
    conversation: UUID | None = None
    to_user: UUID | None = None
    media: Literal["audio", "video"] = "audio"
    payload: msgspec.Raw = msgspec.Raw(b"null")


class Calling:
    """One gateway's share of it."""

    def __init__(self, hub: Hub):
        self._hub = hub

    def start(self) -> None:
        """Everything is in the database."""

    async def stop(self) -> None:
        """Nothing runs here."""

    async def signal(self, call: Command, data: Signal) -> None:
        if len(data.payload) > _LONGEST:
            raise BadRequest(f"A payload has at most {_LONGEST} bytes.")
        me = Party(call.socket.user_id, UUID(call.socket.session))
        if await self._may_pass_on(me, data):
            self._hub.tell(told(await self._line(data.call), data, me))
        call.ok(b"{}")

    async def _may_pass_on(self, me: Party, data: Signal) -> bool:
        """What changes the call is done first; what is over already is told to nobody."""
        now = timezone.now()
        if data.kind == "invite":
            await self._ring(me, data)
        elif data.kind == "accept":
            await database_sync_to_async(actions.accept)(call_id=data.call, by=me, now=now)
        elif data.kind in _ENDS:
            return await database_sync_to_async(actions.end)(call_id=data.call, by=me, wish=data.kind, now=now)
        elif not await database.arun(queries.passes_on(data.call, *me)):
            raise errors.CallGone
        return True

    async def _ring(self, me: Party, data: Signal) -> None:
        if data.to_user:
            await database_sync_to_async(actions.open_direct)(user_id=me.user, other_id=data.to_user)
        place = rules.place(me.user, data.conversation, data.to_user)
        ringing: dict[str, Any] = {"call_id": data.call, "caller": me, "conversation_id": place, "media": data.media}
        await database_sync_to_async(actions.ring)(**ringing, now=timezone.now())

    async def _line(self, call: UUID) -> Line:
        found = await database.arun(queries.line(call))
        if found is None:
            raise errors.CallGone
        return found


def told(line: Line, data: Signal, by: Party) -> list[Item]:
    """To the other side, as soon as it is known to its one device; what ends the ringing also to one's own."""
    other = line.callee if by.user == line.caller else line.caller
    session = line.callee_session if by.user == line.caller else line.caller_session
    body = spelled(line, data.call, data.kind, by, b"null" if line.denied else bytes(data.payload))
    if data.kind in ("accept", *_ENDS):
        return [((f"user:{line.caller}", f"user:{line.callee}"), Shout(body))]
    return [((f"user:{other}",), Shout(body, session=str(session) if session else ""))]


def spelled(line: Line, call: UUID, kind: str, by: Party, payload: bytes) -> bytes:
    said: dict[str, Any] = {
        "call": call,
        "conversation": line.conversation,
        "kind": kind,
        "media": line.media,
        "from": by.user,
        "session": by.session,
        "payload": msgspec.Raw(payload),
    }
    return b'"type":"signal","data":%b}' % protocol.dumps(said)
