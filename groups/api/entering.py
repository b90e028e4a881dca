"""The HTTP door to the ways into a group: invitations and requests to join."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from friends.api.shapes import GONE, one, said
from groups import actions, queries, spelling
from groups.api.groups import spelled
from groups.api.shapes import GROUP, INVITATION, JOIN_REQUEST, PENDING, Ask
from imserver.api.parsing import parse
from messaging.api.shapes import described, listing, me


class Invitations(APIView):
    @extend_schema(responses=listing(INVITATION))
    def get(self, request: Request) -> HttpResponse:
        """Into which groups one is invited."""
        return said(items=[spelling.invitation(one) for one in queries.invitations_of(me(request), timezone.now())])


class AcceptInvitation(APIView):
    @extend_schema(request=None, responses={200: one("group", GROUP)})
    def post(self, request: Request, invitation_id: UUID) -> HttpResponse:
        group_id = actions.accept(user_id=me(request), invitation_id=invitation_id, now=timezone.now())
        return said(group=spelled(group_id, me(request)))


class DeclineInvitation(APIView):
    @extend_schema(request=None, responses=GONE)
    def post(self, request: Request, invitation_id: UUID) -> HttpResponse:
        actions.decline(user_id=me(request), invitation_id=invitation_id, now=timezone.now())
        return HttpResponse(status=204)


class OneInvitation(APIView):
    @extend_schema(responses=GONE)
    def delete(self, request: Request, invitation_id: UUID) -> HttpResponse:
        """Take it back: one's own, or as an admin any."""
        actions.withdraw(user_id=me(request), invitation_id=invitation_id, now=timezone.now())
        return HttpResponse(status=204)


class GroupInvitations(APIView):
    @extend_schema(responses=listing(PENDING))
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        """For those who may invite: who has been and has not answered."""
        queries.check_right(group_id, me(request), "invite")
        return said(items=[spelling.invited(found) for found in queries.invitations_to(group_id, timezone.now())])


class OwnRequests(APIView):
    @extend_schema(responses=listing(JOIN_REQUEST))
    def get(self, request: Request) -> HttpResponse:
        """Into which groups one has asked to come, and has no answer."""
        return said(items=[spelling.join_request(one) for one in queries.join_requests_of(me(request), timezone.now())])


class JoinRequests(APIView):
    @extend_schema(responses=listing(JOIN_REQUEST))
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        """For admins: who wants to come in."""
        queries.check_right(group_id, me(request), "approve")
        return said(items=[spelling.join_request(found) for found in queries.join_requests(group_id, timezone.now())])

    @extend_schema(request=described(Ask), responses={200: one("request", JOIN_REQUEST)})
    def post(self, request: Request, group_id: UUID) -> HttpResponse:
        """Ask to come in, where the group takes that."""
        message, now = parse(request, Ask).message, timezone.now()
        made = actions.request(user_id=me(request), group_id=group_id, message=message, now=now)
        return said(request=spelling.join_request(made))

    @extend_schema(responses=GONE)
    def delete(self, request: Request, group_id: UUID) -> HttpResponse:
        """Take one's own request back."""
        actions.take_back(user_id=me(request), group_id=group_id, now=timezone.now())
        return HttpResponse(status=204)


class Approve(APIView):
    @extend_schema(request=None, responses=GONE)
    def post(self, request: Request, group_id: UUID, user_id: UUID) -> HttpResponse:
        actions.approve(user_id=me(request), group_id=group_id, other_id=user_id, now=timezone.now())
        return HttpResponse(status=204)


class Decline(APIView):
    @extend_schema(request=None, responses=GONE)
    def post(self, request: Request, group_id: UUID, user_id: UUID) -> HttpResponse:
        actions.decline_request(user_id=me(request), group_id=group_id, other_id=user_id, now=timezone.now())
        return HttpResponse(status=204)
