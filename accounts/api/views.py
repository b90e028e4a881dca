from typing import Annotated, Any, Literal, cast

import msgspec
from allauth.core import ratelimit
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import UNSET, Meta, UnsetType
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions
from accounts.adapters.account import Account
from accounts.api.devices import mine
from accounts.api.serializers import MeSerializer, PrivacySerializer
from accounts.errors import WeakPassword, WrongPassword
from accounts.models import User
from imserver.api.parsing import parse, schema
from imserver.errors import RateLimited

Text = Annotated[str, Meta(max_length=4096)]


class Changes(msgspec.Struct, omit_defaults=True):
    display_name: str | UnsetType = UNSET
    bio: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET


class Wishes(msgspec.Struct, omit_defaults=True):
    friend_requests: Literal["all", "friends_of_friends", "nobody"] | UnsetType = UNSET
    found_by_name: bool | UnsetType = UNSET
    found_by_email: bool | UnsetType = UNSET
    found_by_phone: bool | UnsetType = UNSET
    presence: Literal["all", "friends", "nobody"] | UnsetType = UNSET
    read_receipts: bool | UnsetType = UNSET
    named_in_forwards: bool | UnsetType = UNSET
    added_to_groups: Literal["all", "friends", "nobody"] | UnsetType = UNSET


class Passwords(msgspec.Struct):
    current_password: Text
    new_password: Text


def _named(said: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(said).items() if value is not UNSET}


class Me(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast(User, request.user)).data)

    @extend_schema(request={"application/json": schema(Changes)}, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change what is named: one's own name, bio, language (BCP 47), time zone (IANA), phone (E.164 or empty)."""
        changes = _named(parse(request, Changes))
        if changes.get("phone") and not ratelimit.consume(request, action="change_phone", user=request.user):
            raise RateLimited(retry_after_ms=3_600_000)
        return Response(MeSerializer(actions.update_profile(user_id=cast(User, request.user).pk, changes=changes)).data)


class Privacy(APIView):
    @extend_schema(responses=PrivacySerializer)
    def get(self, request: Request) -> Response:
        return Response(PrivacySerializer(cast(User, request.user)).data)

    @extend_schema(request={"application/json": schema(Wishes)}, responses=PrivacySerializer)
    def patch(self, request: Request) -> Response:
        """Change what is named: who may ask to be friends, by what one is found, who sees one come, go and read."""
        changes = _named(parse(request, Wishes))
        return Response(
            PrivacySerializer(actions.update_privacy(user_id=cast(User, request.user).pk, changes=changes)).data
        )


class Password(APIView):
    @extend_schema(request={"application/json": schema(Passwords)}, responses={204: None})
    def post(self, request: Request) -> Response:
        """A new password, for which the old one is needed. All other devices are logged out."""
        user, device = cast(User, request.user), mine(request)
        said = parse(request, Passwords)
        if not ratelimit.consume(request, action="change_password", user=user):
            raise RateLimited(retry_after_ms=60_000)
        if not user.check_password(said.current_password):
            raise WrongPassword
        try:
            validate_password(said.new_password, user)
        except ValidationError as e:
            raise WeakPassword(" ".join(e.messages)) from e
        actions.set_password(user=user, password=said.new_password, session_key=device.session_key, now=timezone.now())
        Account().send_notification_mail("account/email/password_changed", user)
        return Response(status=status.HTTP_204_NO_CONTENT)
