"""The HTTP door to one's own log-ins."""

from typing import cast
from uuid import UUID

import msgspec
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions
from accounts.api.serializers import DeviceSerializer, DevicesSerializer
from accounts.errors import DeviceNeeded, DeviceNotFound
from accounts.models import Device, User
from imserver.api.parsing import parse, schema

GONE = {204: None}


class Name(msgspec.Struct):
    name: str


def mine(request: Request) -> Device:
    """The device that asks."""
    if not isinstance(request.auth, Device):
        raise DeviceNeeded
    return request.auth


def _spelled(device: Device, request: Request) -> Response:
    return Response(DeviceSerializer(device, context={"current": mine(request).pk}).data)


class Devices(APIView):
    @extend_schema(responses=DevicesSerializer)
    def get(self, request: Request) -> Response:
        """All of one's log-ins, the latest seen first."""
        found = cast(User, request.user).devices.order_by("-last_seen_at", "-pk")
        return Response(DevicesSerializer({"items": found}, context={"current": mine(request).pk}).data)

    @extend_schema(responses=GONE)
    def delete(self, request: Request) -> Response:
        """Log out all others."""
        device = mine(request)
        actions.end_other_devices(user_id=device.user_id, keep=device.pk, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class OneDevice(APIView):
    @extend_schema(request={"application/json": schema(Name)}, responses=DeviceSerializer)
    def patch(self, request: Request, device_id: UUID) -> Response:
        """Name it."""
        user = mine(request).user
        name = parse(request, Name).name
        return _spelled(actions.rename_device(user_id=user.pk, device_id=device_id, name=name), request)

    @extend_schema(responses=GONE)
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Log it out: its sockets close within a second."""
        device = mine(request).user.devices.filter(pk=device_id).first()
        if device is None:
            raise DeviceNotFound
        actions.end_devices(devices=[device], now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
