"""The HTTP door for devices that come back: what happened since."""

from uuid import UUID

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import query
from imserver.gateway.protocol import Natural
from inbox import queries
from messaging import entries
from messaging.api.shapes import ENTRY, LIMITS, Limit, answer, listing, me, parameters


class After(msgspec.Struct):
    after_rev: Natural
    limit: Limit = LIMITS["pull"]


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
