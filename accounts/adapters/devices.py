from dataclasses import asdict
from typing import Any, Final, cast

from allauth.core import context
from allauth.core.internal.httpkit import authenticated_user
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.http import HttpRequest
from django.utils import timezone

from accounts import actions, tokens
from accounts.adapters.origin import means, origin
from accounts.models import Device, User

_NEED_TOKEN: Final = {  # names of addresses for who is logged in; in the way of any other a stale one must not stand
    "session",
    "reauthenticate",
    "reauthenticate_by_code",
    "reauthenticate_by_passkey",
    "factors",
    "totp",
    "recovery_codes",
    "passkeys",
}


class DeviceTokens(SessionTokenStrategy):
    """Tokens that name the device. The key of a session that is logged in, a full credential, stays on the server."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        token = tokens.bearer(request.headers.get("Authorization", ""))
        if not token or (request.resolver_match and request.resolver_match.url_name not in _NEED_TOKEN):
            return super().get_session_token(request)
        subject = tokens.subject(token)
        return Device.objects.of(subject.user_id, subject.device_id).session_key

    def create_session_token(self, request: HttpRequest) -> str:
        return "" if request.user.is_authenticated else super().create_session_token(request)

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any]:
        request.session.save()  # the device is named by the session's key
        user, key = (cast(User, authenticated_user(request)), cast(str, request.session.session_key))
        how, now = means(request, user), timezone.now()
        return asdict(actions.log_in(user=user, session_key=key, origin=origin(request), now=now, means=how))

    def refresh_token(self, refresh_token: str) -> tuple[str, str]:
        pair = actions.refresh(token=refresh_token, now=timezone.now(), address=origin(context.request).address)
        return pair.access_token, pair.refresh_token
