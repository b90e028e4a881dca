from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts import keys, queries, tokens
from accounts.errors import AccountInactive, ScopeMissing
from accounts.models import ApiKey, Device, User

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema

_NOTED_EVERY: Final = timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    """A person's access token, or a service account's API key, which may act as others.

    A token's signature is checked without I/O; one query then says whether the device and its person may still come in.
    """

    def authenticate(self, request: Request) -> tuple[User, Device | ApiKey] | None:
        token = tokens.bearer(request.headers.get("Authorization", ""))
        if not token:
            return None
        if keys.is_key(token):
            return _by_key(token, request.headers.get("X-Act-As", ""))
        subject = tokens.subject(token)
        device = Device.objects.of(subject.user_id, subject.device_id)
        return device.user, device

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _by_key(token: str, external_id: str) -> tuple[User, ApiKey]:
    now = timezone.now()
    key = queries.key(token, now)
    if key.last_used_at is None or now - key.last_used_at > _NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    if not external_id:
        return key.user, key
    if "act" not in key.scopes:
        raise ScopeMissing
    user = queries.by_external_id(external_id)
    if not user.is_active:
        raise AccountInactive
    return user, key


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: "AutoSchema") -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT, or an API key"}
