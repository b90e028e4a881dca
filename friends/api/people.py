"""The HTTP door to everybody: whom one finds, and whom one wants to hear nothing of."""

from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from friends import actions, queries, spelling
from friends.api.shapes import BLOCK, GONE, NEXT, PERSON, Page, one, page, said
from imserver.api.parsing import query
from messaging.api.shapes import listing, me, parameters


class Users(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("q", required=True, description="The beginning of a user name, or an address.")],
        responses=listing(PERSON),
    )
    def get(self, request: Request) -> HttpResponse:
        found = queries.search(by=cast(User, request.user), text=request.query_params.get("q", ""))
        return said(items=[spelling.person(user) for user in found])


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
