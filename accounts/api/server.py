"""The door for the host app's own server, by API key."""

from typing import Annotated

import msgspec
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import UNSET, Meta, UnsetType
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions, queries
from accounts.api.permissions import Scope
from accounts.api.serializers import ServerUserSerializer
from imserver.api.parsing import parse, schema

GONE = {204: None}
MINTED = {
    200: {
        "type": "object",
        "required": ["user", "access_token", "refresh_token"],
        "properties": {
            "user": {"type": "object", "additionalProperties": True},
            "access_token": {"type": "string"},
            "refresh_token": {"type": "string"},
        },
    }
}


class Person(msgspec.Struct):
    username: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    bio: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class Place(msgspec.Struct):
    """The device that is logged in."""

    name: Annotated[str, Meta(max_length=100)] = ""
    platform: Annotated[str, Meta(max_length=20)] = ""
    app_version: Annotated[str, Meta(max_length=20)] = ""


class ServerUser(APIView):
    permission_classes = (Scope,)
    scope = "users"

    @extend_schema(responses=ServerUserSerializer)
    def get(self, request: Request, external_id: str) -> Response:
        return Response(ServerUserSerializer(queries.by_external_id(external_id)).data)

    @extend_schema(request={"application/json": schema(Person)}, responses=ServerUserSerializer)
    def put(self, request: Request, external_id: str) -> Response:
        """Create the person, or change what is named. `is_active: false` logs all devices out. Safe to repeat."""
        said = msgspec.structs.asdict(parse(request, Person))
        changes = {name: value for name, value in said.items() if value is not UNSET}
        user, is_new = actions.put_user(external_id=external_id, changes=changes, now=timezone.now())
        return Response(ServerUserSerializer(user).data, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class ServerToken(APIView):
    permission_classes = (Scope,)
    scope = "tokens"

    @extend_schema(request={"application/json": schema(Place)}, responses=MINTED)
    def post(self, request: Request, external_id: str) -> Response:
        """Log the person in on a device of theirs: the tokens go to that device."""
        place = parse(request, Place)
        user = queries.by_external_id(external_id)
        origin = actions.Origin(place.name, place.platform, place.app_version)
        pair = actions.mint(user=user, origin=origin, now=timezone.now())
        said = {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        return Response({"user": ServerUserSerializer(user).data, **said})


class ServerDevices(APIView):
    permission_classes = (Scope,)
    scope = "tokens"

    @extend_schema(responses=GONE)
    def delete(self, request: Request, external_id: str) -> Response:
        """Log the person out everywhere."""
        user = queries.by_external_id(external_id)
        actions.end_other_devices(user_id=user.pk, keep=None, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
