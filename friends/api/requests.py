"""The HTTP door to friend requests."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from friends import actions, queries, spelling
from friends.api.shapes import FRIEND, GONE, NEXT, REQUEST, Ask, Page, one, page, said
from friends.models import Friend, FriendRequest
from imserver.api.parsing import parse, query
from messaging.api.shapes import described, listing, me, parameters

ASKED = {
    "type": "object",
    "properties": {"request": REQUEST, "friend": FRIEND},
    "description": "The request; or the friend, where that person had asked too.",
}


class Requests(APIView):
    @extend_schema(parameters=parameters(Page), responses=listing(REQUEST, next=NEXT))
    def get(self, request: Request) -> HttpResponse:
        """The open requests to and from oneself, the newest first."""
        wanted, user_id = query(request, Page), me(request)
        found = queries.requests(user_id, before=wanted.after, now=timezone.now(), limit=wanted.limit + 1)

        def spell(row: FriendRequest) -> spelling.Spelled:
            return spelling.request(row, incoming=row.receiver_id == user_id)

        return page(list(found), wanted.limit, spell, lambda row: row.pk)

    @extend_schema(request=described(Ask), responses={200: ASKED})
    def post(self, request: Request) -> HttpResponse:
        """Ask somebody to be friends. Asked again it is the same request."""
        asked = parse(request, Ask)
        found = actions.request(
            user_id=me(request), other_id=asked.user, message=asked.message, source=asked.source, now=timezone.now()
        )
        if isinstance(found, Friend):
            return said(friend=spelling.friend(found))
        return said(request=spelling.request(found, incoming=False))


class OneRequest(APIView):
    @extend_schema(responses=GONE)
    def delete(self, request: Request, request_id: UUID) -> HttpResponse:
        """Take one's own request back."""
        actions.cancel(user_id=me(request), request_id=request_id, now=timezone.now())
        return HttpResponse(status=204)


class Accept(APIView):
    @extend_schema(request=None, responses={200: one("friend", FRIEND)})
    def post(self, request: Request, request_id: UUID) -> HttpResponse:
        found = actions.accept(user_id=me(request), request_id=request_id, now=timezone.now())
        return said(friend=spelling.friend(found))


class Decline(APIView):
    @extend_schema(request=None, responses=GONE)
    def post(self, request: Request, request_id: UUID) -> HttpResponse:
        """Who asked hears nothing of it."""
        actions.decline(user_id=me(request), request_id=request_id, now=timezone.now())
        return HttpResponse(status=204)
