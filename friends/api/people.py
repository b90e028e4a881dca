"""The HTTP door to everybody: whom one finds, and whom one wants to hear nothing of."""

from typing import Final, cast
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import queries as people
from accounts.models import User
from friends import actions, queries, spelling
from friends.api.shapes import BLOCK, GONE, NEXT, PERSON, Page, one, page, said
from imserver.api.parsing import query
from imserver.errors import BadRequest
from messaging.api.shapes import listing, me, parameters

NAMED_AT_MOST: Final = 100


class Users(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("q", description="The beginning of a user name, or an address."),
            OpenApiParameter("ids", description="Or ids with commas between them, at most 100."),
        ],
        responses=listing(PERSON),
    )
    def get(self, request: Request) -> HttpResponse:
        """People whom one looks for; or by their ids, who they are whom one has met in conversations."""
        asked = request.query_params
        if "ids" in asked:
            found = people.named(_ids(asked["ids"]))
        else:
            found = queries.search(by=cast(User, request.user), text=asked.get("q", ""))
        return said(items=[spelling.person(user) for user in found])


def _ids(text: str) -> list[UUID]:
    try:
        found = [UUID(one) for one in text.split(",") if one]
    except ValueError as e:
        raise BadRequest("An id is a UUID.") from e
    if len(found) > NAMED_AT_MOST:
        raise BadRequest(f"Name at most {NAMED_AT_MOST} people.")
    return found


class Blocks(APIView):
    @extend_schema(parameters=parameters(Page), responses=listing(BLOCK, next=NEXT))
    def get(self, request: Request) -> HttpResponse:
        """Whom one has blocked."""
        wanted = query(request, Page)
        rows = list(queries.blocks(me(request), after=wanted.after, limit=wanted.limit + 1))
        return page(rows, wanted.limit, spelling.block, lambda row: row.blocked_id)


class OneBlock(APIView):
    @extend_schema(request=None, responses={200: one("block", BLOCK)})
    def put(self, request: Request, user_id: UUID) -> HttpResponse:
        """Block. Safe to repeat; the person is told nothing."""
        return said(block=spelling.block(actions.block(user_id=me(request), other_id=user_id, now=timezone.now())))

    @extend_schema(responses=GONE)
    def delete(self, request: Request, user_id: UUID) -> HttpResponse:
        """Unblock. Everything is as it was before."""
        actions.unblock(user_id=me(request), other_id=user_id)
        return HttpResponse(status=204)
