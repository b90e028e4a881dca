"""The HTTP door to who is in a group."""

from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from friends.api.shapes import GONE, NEXT, page, said
from groups import actions, queries, spelling
from groups.api.shapes import BAN, INVITED, SEAT, Invite, MembersPage, NewBan, Seat, Who
from imserver import database
from imserver.api.parsing import parse, query
from messaging.api.shapes import described, listing, me, parameters


class Members(APIView):
    @extend_schema(parameters=parameters(MembersPage), responses=listing(SEAT, next=NEXT))
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        """Who is in it; with `q` those whose user name, name or nickname begins so."""
        wanted = query(request, MembersPage)
        queries.check_member(group_id, me(request))
        rows = database.run(queries.members(group_id, after=wanted.after, text=wanted.q, limit=wanted.limit + 1))
        return page(rows, wanted.limit, spelling.seat, lambda row: row.user_id)

    @extend_schema(request=described(Invite), responses={200: INVITED})
    def post(self, request: Request, group_id: UUID) -> HttpResponse:
        """Bring people in: at once, who allows that to you; the others are asked."""
        wanted = parse(request, Invite).users
        invited = actions.invite(user_id=me(request), group_id=group_id, other_ids=wanted, now=timezone.now())
        return said(**invited._asdict())


class OneMember(APIView):
    @extend_schema(request=described(Seat), responses=GONE)
    def patch(self, request: Request, group_id: UUID, user_id: UUID) -> HttpResponse:
        """Make somebody an admin or a member again; mute until a moment, or with null no longer."""
        wanted, by = parse(request, Seat), me(request)
        if wanted.role is not msgspec.UNSET:
            actions.appoint(user_id=by, group_id=group_id, other_id=user_id, admin=wanted.role == "admin")
        if wanted.muted_until is not msgspec.UNSET:
            actions.mute(user_id=by, group_id=group_id, other_id=user_id, until=wanted.muted_until)
        return HttpResponse(status=204)

    @extend_schema(responses=GONE)
    def delete(self, request: Request, group_id: UUID, user_id: UUID) -> HttpResponse:
        """Take somebody out."""
        actions.remove(user_id=me(request), group_id=group_id, other_id=user_id)
        return HttpResponse(status=204)


class Leave(APIView):
    @extend_schema(request=None, responses=GONE)
    def post(self, request: Request, group_id: UUID) -> HttpResponse:
        """The owner gives the group to somebody else before; with the last member it ends."""
        actions.leave(user_id=me(request), group_id=group_id, now=timezone.now())
        return HttpResponse(status=204)


class Transfer(APIView):
    @extend_schema(request=described(Who), responses=GONE)
    def post(self, request: Request, group_id: UUID) -> HttpResponse:
        """Give the group to another member."""
        actions.transfer(user_id=me(request), group_id=group_id, other_id=parse(request, Who).user)
        return HttpResponse(status=204)


class Bans(APIView):
    @extend_schema(responses=listing(BAN))
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        """For admins: who may not come in."""
        queries.check_right(group_id, me(request), "ban")
        return said(items=[spelling.ban(found) for found in queries.bans(group_id, timezone.now())])


class OneBan(APIView):
    @extend_schema(request=described(NewBan), responses=GONE)
    def put(self, request: Request, group_id: UUID, user_id: UUID) -> HttpResponse:
        """Keep somebody out, until a moment or for ever; who is in, goes."""
        new = parse(request, NewBan)
        why = actions.Reason(new.until, new.reason)
        actions.ban(user_id=me(request), group_id=group_id, other_id=user_id, why=why, now=timezone.now())
        return HttpResponse(status=204)

    @extend_schema(responses=GONE)
    def delete(self, request: Request, group_id: UUID, user_id: UUID) -> HttpResponse:
        actions.unban(user_id=me(request), group_id=group_id, other_id=user_id)
        return HttpResponse(status=204)
