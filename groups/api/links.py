"""The HTTP door to links into a group."""

import io
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode
from rest_framework.request import Request
from rest_framework.views import APIView

from friends.api.shapes import GONE, one, said
from groups import actions, queries, spelling
from groups.api.groups import spelled
from groups.api.shapes import JOINED, LINK, PREVIEW, Ask, NewLink
from imserver.api.parsing import parse
from messaging.api.shapes import described, listing, me


class Links(APIView):
    @extend_schema(responses=listing(LINK))
    def get(self, request: Request, group_id: UUID) -> HttpResponse:
        """For those who may invite: the links that work."""
        queries.check_right(group_id, me(request), "invite")
        return said(items=[spelling.link(found) for found in queries.links(group_id, timezone.now())])

    @extend_schema(request=described(NewLink), responses={200: one("link", LINK)})
    def post(self, request: Request, group_id: UUID) -> HttpResponse:
        """Make one: for some time, some uses, with or without an admin's yes."""
        wanted = actions.Terms(**msgspec.structs.asdict(parse(request, NewLink)))
        made = actions.make_link(user_id=me(request), group_id=group_id, terms=wanted, now=timezone.now())
        return said(link=spelling.link(made))


class OneLink(APIView):
    @extend_schema(responses=GONE)
    def delete(self, request: Request, group_id: UUID, token: str) -> HttpResponse:
        """It leads nowhere any more."""
        actions.revoke_link(user_id=me(request), group_id=group_id, token=token, now=timezone.now())
        return HttpResponse(status=204)


class QrCode(APIView):
    @extend_schema(responses={(200, "image/svg+xml"): {"type": "string"}})
    def get(self, request: Request, group_id: UUID, token: str) -> HttpResponse:
        """The link to the page of this server, `/g/<token>`, as a QR code."""
        queries.check_right(group_id, me(request), "invite")
        link = queries.live_link(token, timezone.now(), group_id)
        code, drawn = QRCode(image_factory=SvgPathImage, border=2), io.BytesIO()
        code.add_data(request.build_absolute_uri(f"/g/{link.token}"))
        code.make_image().save(drawn)
        return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


class Preview(APIView):
    @extend_schema(responses={200: PREVIEW})
    def get(self, request: Request, token: str) -> HttpResponse:
        """Where a link leads."""
        return said(**queries.preview(queries.live_link(token, timezone.now())))


class Join(APIView):
    @extend_schema(request=described(Ask), responses={200: JOINED})
    def post(self, request: Request, token: str) -> HttpResponse:
        """Come in, or ask to, as the link says."""
        message = parse(request, Ask).message
        group_id, asked = actions.join(user_id=me(request), token=token, message=message, now=timezone.now())
        return said(request=spelling.join_request(asked)) if asked else said(group=spelled(group_id, me(request)))
