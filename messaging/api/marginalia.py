"""The HTTP door to what people add to messages, for all or for themselves."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import query
from messaging import actions, entries, queries
from messaging.api.messages import small
from messaging.api.shapes import ENTRY, Latest, Limit, answer, latest, listing, me, page, parameters

GONE = {204: None}


class Place:
    """A message, and who asks."""

    def __init__(self, request: Request, conversation_id: UUID, seq: int):
        self.named: Any = {"user_id": me(request), "conversation_id": conversation_id, "seq": small(seq)}

    def now(self) -> HttpResponse:
        return answer(database.run(queries.message(*self.named.values())))


class OneReaction(APIView):
    @extend_schema(request=None, responses={200: ENTRY})
    def put(self, request: Request, conversation_id: UUID, seq: int, emoji: str) -> HttpResponse:
        """Put an emoji to a message."""
        place = Place(request, conversation_id, seq)
        actions.react(**place.named, text=emoji, now=timezone.now())
        return place.now()

    @extend_schema(request=None, responses={200: ENTRY})
    def delete(self, request: Request, conversation_id: UUID, seq: int, emoji: str) -> HttpResponse:
        """Take it back."""
        place = Place(request, conversation_id, seq)
        actions.unreact(**place.named, text=emoji, now=timezone.now())
        return place.now()


class Who(msgspec.Struct):
    after: UUID = UUID(int=0)
    limit: Limit = 50


class Reactors(APIView):
    @extend_schema(parameters=parameters(Who), responses=listing({"type": "string", "format": "uuid"}))
    def get(self, request: Request, conversation_id: UUID, seq: int, emoji: str) -> HttpResponse:
        """Whose reaction this is, in order of their ids."""
        wanted = query(request, Who)
        found = queries.reactors(me(request), conversation_id, small(seq), emoji, wanted.after, wanted.limit)
        return answer(entries.dumps({"items": database.run(found)}))


class OnePin(APIView):
    @extend_schema(request=None, responses={200: ENTRY})
    def put(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """Pin a message for all."""
        place = Place(request, conversation_id, seq)
        actions.pin(**place.named, pinned=True, now=timezone.now())
        return place.now()

    @extend_schema(request=None, responses={200: ENTRY})
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        place = Place(request, conversation_id, seq)
        actions.pin(**place.named, pinned=False, now=timezone.now())
        return place.now()


class Pins(APIView):
    @extend_schema(responses=listing(ENTRY))
    def get(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """The pinned messages, as far as one may see them."""
        items = database.run(queries.pinned(me(request), conversation_id))
        return answer(b'{"items":[' + b",".join(items) + b"]}")


class Readers(APIView):
    @extend_schema(responses={200: {"type": "object", "properties": {"read": {}, "delivered": {}}}})
    def get(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """In a small group: who has read one's message, and whom else it has reached."""
        return answer(entries.dumps(database.run(queries.readers_of(me(request), conversation_id, small(seq)))))


class OneStar(APIView):
    @extend_schema(request=None, responses=GONE)
    def put(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        """Keep it among one's own."""
        actions.star(**Place(request, conversation_id, seq).named, now=timezone.now())
        return HttpResponse(status=204)

    @extend_schema(request=None, responses=GONE)
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> HttpResponse:
        actions.unstar(**Place(request, conversation_id, seq).named)
        return HttpResponse(status=204)


class Stars(APIView):
    @extend_schema(parameters=parameters(Latest), responses=latest(ENTRY))
    def get(self, request: Request) -> HttpResponse:
        """The messages one keeps, the latest kept first; `before` is the `next` of the page before."""
        wanted = query(request, Latest)
        return page(*database.run(queries.starred(me(request), wanted.before, wanted.limit)))
