"""What the doors have in common: who asks, how an answer leaves, how both are described."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from imserver.api.parsing import schema

LIMITS = settings.LIMITS
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMITS["pull"])]
HEAD = {"type": "object", "additionalProperties": True, "description": "Where a conversation stands; docs/protocol.md."}
ENTRY = {"type": "object", "additionalProperties": True, "description": "An entry of the log; docs/protocol.md."}


class Latest(msgspec.Struct):
    """A page of what one has noted, the latest first; `before` is the `next` of the page before."""

    before: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] | None = None
    limit: Limit = 50


def latest(of: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return listing(of, next={"type": ["integer", "null"]})


def page(items: list[bytes], following: int | None) -> HttpResponse:
    return answer(b'{"next":%b,"items":[%b]}' % (msgspec.json.encode(following), b",".join(items)))


def answer(body: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")


def me(request: Request) -> UUID:
    user_id: UUID = request.user.pk  # type: ignore[assignment]  # permissions let nobody else in
    return user_id


def described(shape: type[Any]) -> Any:
    return {"application/json": schema(shape)}


def parameters(shape: type[msgspec.Struct]) -> list[OpenApiParameter]:
    found = schema(shape)
    needed = found.get("required", [])
    return [OpenApiParameter(name, one, required=name in needed) for name, one in found["properties"].items()]


def listing(of: dict[str, Any], name: str = "items", **more: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {200: {"type": "object", "required": [name], "properties": {name: {"type": "array", "items": of}, **more}}}
