"""The HTTP door for devices that come back: what differs, and what happened since."""

from uuid import UUID

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import parse, query
from imserver.gateway.protocol import Known, Natural
from messaging import entries, heads, queries
from messaging.api.shapes import ENTRY, HEAD, LIMITS, Limit, answer, described, listing, me, parameters
from messaging.heads import Asked

LEFT = {"type": "array", "items": {"type": "string"}}


class After(msgspec.Struct):
    after_rev: Natural
    limit: Limit = LIMITS["pull"]


class Heads(msgspec.Struct):
    heads: dict[UUID, Known] = {}


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


class Sync(APIView):
    @extend_schema(request=described(Heads), responses=listing(HEAD, "heads", left=LEFT, more={"type": "boolean"}))
    def post(self, request: Request) -> HttpResponse:
        """The conversations that differ from what a device says it knows."""
        [found] = database.run(heads.differing([Asked(me(request), parse(request, Heads).heads)]))
        said = entries.dumps({"left": found.left, "more": found.more})
        return answer(said[:-1] + b',"heads":[' + b",".join(found.items) + b"]}")
