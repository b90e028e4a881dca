"""The HTTP door to groups themselves."""

from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from friends.api.shapes import GONE, one, said
from groups import actions, queries, spelling
from groups.api.shapes import GROUP, INVITED, Announcement, Changes, New, ReadTo
from imserver.api.parsing import parse
from imserver.errors import BadRequest
from messaging.api.shapes import described, me

KEY = OpenApiParameter("Idempotency-Key", location="header", description="A UUID: said again, it is the same group.")


def spelled(group_id: UUID, user_id: UUID) -> spelling.Spelled:
    """Raises NotAMember."""
    return spelling.group(queries.seen(group_id, user_id))


def named(changes: msgspec.Struct, *besides: str) -> dict[str, object]:
    found = msgspec.structs.asdict(changes)
    return {name: value for name, value in found.items() if value is not msgspec.UNSET and name not in besides}


def idempotency_key(request: Request) -> UUID | None:
    key = request.headers.get("Idempotency-Key", "")
    try:
        return UUID(key) if key else None
    except ValueError as e:
        raise BadRequest("An Idempotency-Key is a UUID.") from e


class Groups(APIView):
    @extend_schema(
        request=described(New), parameters=[KEY], responses={201: {**one("group", GROUP), "invited": INVITED}}
    )
    def post(self, request: Request) -> HttpResponse:
        """Found one. Others come in at once or are asked, as each of them wishes."""
        new = parse(request, New)
        wanted = actions.Wanted(new.title, new.members, named(new, "title", "members"), idempotency_key(request))
        group_id, invited = actions.create(user_id=me(request), wanted=wanted, now=timezone.now())
        answer = said(group=spelled(group_id, me(request)), **invited._asdict())
        answer.status_code = 201
        return answer


class OneGroup(APIView):
    @extend_schema(responses={200: one("group", GROUP)})
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        return said(group=spelled(group_id, me(request)))

    @extend_schema(request=described(Changes), responses={200: one("group", GROUP)})
    def patch(self, request: Request, group_id: UUID) -> HttpResponse:
        """Change what is named: title, description, slow_s and only_admins_post by admins, the rest by the owner."""
        actions.update(user_id=me(request), group_id=group_id, changes=named(parse(request, Changes)))
        return said(group=spelled(group_id, me(request)))

    @extend_schema(responses=GONE)
    def delete(self, request: Request, group_id: UUID) -> HttpResponse:
        """Dismiss it: it stays readable, and is closed for good."""
        actions.dismiss(user_id=me(request), group_id=group_id, now=timezone.now())
        return HttpResponse(status=204)


class TheAnnouncement(APIView):
    @extend_schema(request=described(Announcement), responses={200: one("group", GROUP)})
    def put(self, request: Request, group_id: UUID) -> HttpResponse:
        """Announce something, in the place of what was announced before; an empty text takes it away."""
        text = parse(request, Announcement).text
        actions.announce(user_id=me(request), group_id=group_id, text=text, now=timezone.now())
        return said(group=spelled(group_id, me(request)))


class ReadAnnouncement(APIView):
    @extend_schema(request=described(ReadTo), responses=GONE)
    def post(self, request: Request, group_id: UUID) -> HttpResponse:
        number = parse(request, ReadTo).number
        actions.read_announcement(user_id=me(request), group_id=group_id, number=number)
        return HttpResponse(status=204)


class Readers(APIView):
    @extend_schema(responses={200: {"type": "object", "properties": {"number": {}, "readers": {}}}})
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        """For admins: how many have read the newest announcement."""
        number, readers = queries.announcement_readers(group_id, me(request))
        return said(number=number, readers=readers)
