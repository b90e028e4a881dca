"""The HTTP door to conversations. Bodies are spelled as on the socket, byte for byte."""

import base64
from uuid import UUID

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import parse, query
from imserver.errors import BadRequest
from imserver.gateway.protocol import Natural
from messaging import actions, entries, epochs, heads
from messaging.api.shapes import HEAD, Limit, answer, described, listing, me, parameters

MARK = {"type": "object", "properties": {"conversation": {"type": "string"}, "read_seq": {"type": "integer"}}}


class Listing(msgspec.Struct):
    cursor: str = ""
    limit: Limit = 50


class Direct(msgspec.Struct):
    user: UUID


class Read(msgspec.Struct):
    read_seq: Natural


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


class Mark(APIView):
    @extend_schema(request=described(Read), responses={200: MARK})
    def post(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Move one's read mark forward."""
        read = parse(request, Read).read_seq
        found = actions.mark(user_id=me(request), conversation_id=conversation_id, read_seq=read)
        return answer(entries.dumps({"conversation": conversation_id, "read_seq": found.read_seq}))


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
