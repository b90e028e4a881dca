"""The door for the host app's own server to the groups that its service account made, by API key."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.permissions import Scope
from friends.api.shapes import GONE, one, said
from groups import actions, queries, spelling
from groups.api.groups import KEY, idempotency_key, named
from groups.api.hosted import HOSTED, PUT, Changed, New, Put, Taken, meant
from groups.api.shapes import COUNT, shape
from imserver.api.parsing import parse
from messaging.api.shapes import described


def service(request: Request) -> UUID:
    """Whose key it is, whomever it acts as."""
    user_id: UUID = request.auth.user_id  # type: ignore[union-attr]  # Scope lets only keys in
    return user_id


def spelled(group_id: UUID, service_id: UUID) -> spelling.Spelled:
    """Raises NotAMember."""
    return spelling.hosted(queries.hosted(group_id, service_id))


def told(put: actions.Put) -> spelling.Spelled:
    return {"added": len(put.added), "banned": put.banned}


class ServerGroups(APIView):
    permission_classes = (Scope,)
    scope = "groups"

    @extend_schema(request=described(New), parameters=[KEY], responses={201: shape(group=HOSTED, **PUT)})
    def post(self, request: Request) -> HttpResponse:
        """Make a group; the service account owns it where nobody is named. Nobody is asked."""
        new, service_id = parse(request, New), service(request)
        seats, owner = meant(new.members, new.owner)
        settings = named(new, "title", "owner", "members")
        group_id, put = actions.create_for(
            service_id=service_id,
            owner_id=owner or service_id,
            wanted=actions.Wanted(new.title, (), settings, idempotency_key(request)),
            seats=seats,
            now=timezone.now(),
        )
        answer = said(group=spelled(group_id, service_id), **told(put))
        answer.status_code = 201
        return answer


class ServerGroup(APIView):
    permission_classes = (Scope,)
    scope = "groups"

    @extend_schema(responses={200: one("group", HOSTED)})
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        return said(group=spelled(group_id, service(request)))

    @extend_schema(request=described(Changed), responses={200: one("group", HOSTED)})
    def patch(self, request: Request, group_id: UUID) -> HttpResponse:
        """Change what is named; `owner` gives it to a member."""
        wanted, service_id = parse(request, Changed), service(request)
        owner, changes = meant([], wanted.owner).owner, named(wanted, "owner")
        actions.change_for(service_id=service_id, group_id=group_id, changes=changes, owner_id=owner)
        return said(group=spelled(group_id, service_id))

    @extend_schema(responses=GONE)
    def delete(self, request: Request, group_id: UUID) -> HttpResponse:
        """Dismiss it: it stays readable, and is closed for good. Safe to repeat."""
        actions.dismiss_for(service_id=service(request), group_id=group_id, now=timezone.now())
        return HttpResponse(status=204)


class ServerMembers(APIView):
    permission_classes = (Scope,)
    scope = "groups"

    @extend_schema(request=described(Put), responses={200: shape(**PUT)})
    def put(self, request: Request, group_id: UUID) -> HttpResponse:
        """Have these people in it, in the role that is named. Who is banned is left out. Safe to repeat."""
        seats = meant(parse(request, Put).members).seats
        put = actions.put_members(service_id=service(request), group_id=group_id, seats=seats, now=timezone.now())
        return said(**told(put))


class ServerRemoval(APIView):
    permission_classes = (Scope,)
    scope = "groups"

    @extend_schema(request=described(Taken), responses={200: shape(removed=COUNT)})
    def post(self, request: Request, group_id: UUID) -> HttpResponse:
        """Take these people out. Safe to repeat."""
        gone = meant(parse(request, Taken).members, active=False).seats
        removed = actions.take_members(service_id=service(request), group_id=group_id, user_ids=gone)
        return said(removed=len(removed))
