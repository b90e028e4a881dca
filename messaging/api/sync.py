"""The HTTP door for devices that come back: what differs."""

from uuid import UUID

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from imserver import database
from imserver.api.parsing import parse
from imserver.gateway.protocol import Known
from messaging import entries, heads
from messaging.api.shapes import HEAD, answer, described, listing, me
from messaging.heads import Asked

LEFT = {"type": "array", "items": {"type": "string"}}


class Heads(msgspec.Struct):
    heads: dict[UUID, Known] = {}


class Sync(APIView):
    @extend_schema(request=described(Heads), responses=listing(HEAD, "heads", left=LEFT, more={"type": "boolean"}))
    def post(self, request: Request) -> HttpResponse:
        """The conversations that differ from what a device says it knows."""
        [found] = database.run(heads.differing([Asked(me(request), parse(request, Heads).heads)]))
        said = entries.dumps({"left": found.left, "more": found.more})
        return answer(said[:-1] + b',"heads":[' + b",".join(found.items) + b"]}")
