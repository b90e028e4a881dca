from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts import tokens
from accounts.models import Device, User

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema


class TokenAuthentication(BaseAuthentication):
    """The signature is checked without I/O; one query then says whether the device and its person may still come in."""

    def authenticate(self, request: Request) -> tuple[User, Device] | None:
        token = tokens.bearer(request.headers.get("Authorization", ""))
        if not token:
            return None
        subject = tokens.subject(token)
        device = Device.objects.of(subject.user_id, subject.device_id)
        return device.user, device

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: "AutoSchema") -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
