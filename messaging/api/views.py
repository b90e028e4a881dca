"""The HTTP door: parse, call, spell the answer. Bodies are spelled as on the socket, byte for byte."""

import base64
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import parse, query, schema
from imserver.errors import BadRequest, NotFound
from imserver.gateway.protocol import Known, Natural
from messaging import actions, entries, epochs, heads, queries
from messaging.drafts import Message, Sent, checked
from messaging.heads import Asked

LIMITS = settings.LIMITS
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMITS["pull"])]
HEAD = {"type": "object", "additionalProperties": True, "description": "Where a conversation stands; docs/protocol.md."}
ENTRY = {"type": "object", "additionalProperties": True, "description": "An entry of the log; docs/protocol.md."}
MARK = {"type": "object", "properties": {"conversation": {"type": "string"}, "read_seq": {"type": "integer"}}}
LEFT = {"type": "array", "items": {"type": "string"}}


def answer(body: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")


def me(request: Request) -> UUID:
    user_id: UUID = request.user.pk  # type: ignore[assignment]  # permissions let nobody else in
    return user_id


def described(shape: type[Any]) -> Any:
    return {"application/json": schema(shape)}


def parameters(shape: type[msgspec.Struct]) -> list[OpenApiParameter]:
    found = schema(shape)
    needed = found.get("required", [])
    return [OpenApiParameter(name, one, required=name in needed) for name, one in found["properties"].items()]


def listing(of: dict[str, Any], name: str = "items", **more: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {200: {"type": "object", "required": [name], "properties": {name: {"type": "array", "items": of}, **more}}}


class Edit(msgspec.Struct):
    content: msgspec.Raw


class Direct(msgspec.Struct):
    user: UUID


class Read(msgspec.Struct):
    read_seq: Natural


class Heads(msgspec.Struct):
    heads: dict[UUID, Known] = {}


class Listing(msgspec.Struct):
    cursor: str = ""
    limit: Limit = 50


class Window(msgspec.Struct):
    before_seq: Natural | None = None
    after_seq: Natural | None = None
    limit: Limit = 50


class After(msgspec.Struct):
    after_rev: Natural
    limit: Limit = LIMITS["pull"]


class Conversations(APIView):
    @extend_schema(
        parameters=parameters(Listing),
        responses=listing(HEAD, next={"type": ["string", "null"]}, epoch={"type": "string"}),
    )
    def get(self, request: Request) -> HttpResponse:
        """One's conversations, newest first."""
        wanted = query(request, Listing)
        found = database.run(heads.listed(me(request), _before(wanted.cursor), wanted.limit))
        said = entries.dumps({"epoch": database.run(epochs.current()), "next": _cursor(found.following)})
        return answer(said[:-1] + b',"items":[' + b",".join(found.items) + b"]}")

    @extend_schema(request=described(Direct), responses={200: HEAD})
    def post(self, request: Request) -> HttpResponse:
        """Open the direct conversation with a person; it is shown to nobody before its first message."""
        conversation_id = actions.open_direct(user_id=me(request), other_id=parse(request, Direct).user)
        return answer(database.run(heads.one(me(request), conversation_id)))


class OneConversation(APIView):
    @extend_schema(responses={200: HEAD})
    def get(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Where a conversation stands."""
        return answer(database.run(heads.one(me(request), conversation_id)))


class Messages(APIView):
    @extend_schema(parameters=parameters(Window), responses=listing(ENTRY))
    def get(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """A page of messages as they are now, oldest first: the newest, those below a seq, or those above one."""
        wanted = query(request, Window)
        if wanted.after_seq is None:
            found = queries.history(me(request), conversation_id, wanted.before_seq, wanted.limit)
        else:
            found = queries.later(me(request), conversation_id, wanted.after_seq, wanted.limit)
        return answer(b'{"items":[' + b",".join(database.run(found)) + b"]}")

    @extend_schema(request=described(Message), responses={200: ENTRY, 201: ENTRY})
    def post(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Send a message. The same key again answers 200 and the first result."""
        now_ms = int(timezone.now().timestamp() * 1000)
        draft = checked(parse(request, Message), conversation_id, me(request), now_ms)
        sent = actions.send(draft=draft)
        spelled = Sent(draft, sent, sent.rev - 1, entries.moment(sent.created_ms)).spelled()
        return answer(spelled, 200 if sent.duplicate else 201)


class OneMessage(APIView):
    @extend_schema(responses={200: ENTRY})
    def get(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """A message as it is now."""
        return self._now(request, conversation_id, seq)

    @extend_schema(request=described(Edit), responses={200: ENTRY})
    def patch(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """Edit one's own message."""
        content = bytes(parse(request, Edit).content)
        actions.edit(
            user_id=me(request),
            conversation_id=conversation_id,
            seq=_small(seq),
            content=content,
            now=timezone.now(),
        )
        return self._now(request, conversation_id, seq)

    @extend_schema(responses={200: ENTRY})
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """Recall a message for everyone."""
        actions.recall(user_id=me(request), conversation_id=conversation_id, seq=_small(seq), now=timezone.now())
        return self._now(request, conversation_id, seq)

    def _now(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        return answer(database.run(queries.message(me(request), conversation_id, _small(seq))))


class Entries(APIView):
    @extend_schema(
        parameters=parameters(After), responses=listing(ENTRY, prev={"type": "integer"}, head={"type": "integer"})
    )
    def get(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Everything that happened after a rev, as on the socket's `pull`."""
        wanted = query(request, After)
        page = database.run(queries.pull(me(request), conversation_id, wanted.after_rev, wanted.limit))
        said = entries.page(conversation_id, page.items, prev=page.prev, head=page.head, reset=page.reset or None)
        return answer(said)


class Mark(APIView):
    @extend_schema(request=described(Read), responses={200: MARK})
    def post(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Move one's read mark forward."""
        read = parse(request, Read).read_seq
        found = actions.mark(user_id=me(request), conversation_id=conversation_id, read_seq=read)
        return answer(entries.dumps({"conversation": conversation_id, "read_seq": found.read_seq}))


class Sync(APIView):
    @extend_schema(request=described(Heads), responses=listing(HEAD, "heads", left=LEFT, more={"type": "boolean"}))
    def post(self, request: Request) -> HttpResponse:
        """The conversations that differ from what a device says it knows."""
        [found] = database.run(heads.differing([Asked(me(request), parse(request, Heads).heads)]))
        said = entries.dumps({"left": found.left, "more": found.more})
        return answer(said[:-1] + b',"heads":[' + b",".join(found.items) + b"]}")


def _small(seq: int) -> int:
    if seq >= 2**63:
        raise NotFound
    return seq


def _cursor(following: tuple[int, UUID] | None) -> str | None:
    return following and base64.urlsafe_b64encode(f"{following[0]} {following[1]}".encode()).decode()


def _before(cursor: str) -> tuple[int, UUID] | None:
    if not cursor:
        return None
    try:
        millis, _, conversation = base64.urlsafe_b64decode(cursor).decode().partition(" ")
        entries.moment(int(millis))
        return int(millis), UUID(conversation)
    except (ValueError, OverflowError, OSError) as e:
        raise BadRequest("This cursor is not ours.") from e
