"""django-allauth's doors: it keeps sessions, passwords and their flows; people, devices and tokens are ours."""

from dataclasses import asdict, dataclass
from typing import Any, Final, NoReturn, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import authenticated_user
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from accounts import actions, rules, tokens
from accounts.errors import AccountInactive, BadCredentials
from accounts.models import Device, User
from imserver.errors import DomainError, RateLimited

_OURS: Final = {
    "username_password_mismatch": BadCredentials,
    "email_password_mismatch": BadCredentials,
    "too_many_login_attempts": RateLimited,
}
_NEED_NO_TOKEN: Final = {"signup", "login", "refresh"}  # a stale one must not stand in their way


def _invalid(refusal: DomainError) -> ValidationError:
    return ValidationError(str(refusal), code=refusal.code)


class Account(DefaultAccountAdapter):
    def validation_error(self, code: str, *args: object) -> ValidationError:
        return _invalid(_OURS[code]()) if code in _OURS else super().validation_error(code, *args)

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002
        try:
            return super().clean_username(rules.username(username), shallow)
        except DomainError as e:
            raise _invalid(e) from e

    def save_user(
        self,
        request: HttpRequest,
        user: AbstractBaseUser,
        form: forms.BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002
    ) -> User:
        names = ("username", "email", "password", "display_name")
        return actions.sign_up(**{name: form.cleaned_data[name] for name in names})

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> NoReturn:
        raise AccountInactive

    def logout(self, request: HttpRequest) -> None:
        actions.end_session(session_key=request.session.session_key or "", now=timezone.now())
        super().logout(request)


class SignUp(forms.Form):
    """What sign-up takes beside allauth's own fields."""

    display_name = forms.Field(required=False)

    def clean_display_name(self) -> str:
        try:
            return (
                rules.display_name(str(self.cleaned_data["display_name"])) if self.cleaned_data["display_name"] else ""
            )
        except DomainError as e:
            raise _invalid(e) from e

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this hook; Account.save_user has stored everything by now."""


@dataclass
class Me:
    id: str
    username: str
    email: str
    display_name: str


class Headless(DefaultHeadlessAdapter):
    def get_user_dataclass(self) -> type[Me]:
        return Me

    def user_as_dataclass(self, user: AbstractBaseUser) -> Me:
        user = cast(User, user)
        return Me(str(user.pk), user.username, user.email, user.display_name)


class DeviceTokens(SessionTokenStrategy):
    """Tokens that name the device. The key of a session that is logged in, a full credential, stays on the server."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        token = tokens.bearer(request.headers.get("Authorization", ""))
        if not token or (request.resolver_match and request.resolver_match.url_name in _NEED_NO_TOKEN):
            return super().get_session_token(request)
        subject = tokens.subject(token)
        return Device.objects.of(subject.user_id, subject.device_id).session_key

    def create_session_token(self, request: HttpRequest) -> str:
        return "" if request.user.is_authenticated else super().create_session_token(request)

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any]:
        request.session.save()  # the device is named by the session's key
        user, key = (cast(User, authenticated_user(request)), cast(str, request.session.session_key))
        return asdict(actions.log_in(user=user, session_key=key, origin=_origin(request), now=timezone.now()))

    def refresh_token(self, refresh_token: str) -> tuple[str, str]:
        pair = actions.refresh(token=refresh_token, now=timezone.now())
        return pair.access_token, pair.refresh_token


def _origin(request: HttpRequest) -> actions.Origin:
    def said(header: str, most: int) -> str:
        return "".join(filter(str.isprintable, request.headers.get(header, "")))[:most]

    return actions.Origin(
        name=said("X-Device-Name", 100) or said("User-Agent", 100),
        platform=said("X-Device-Platform", 20),
        app_version=said("X-App-Version", 20),
        address=Account().get_client_ip(request),
    )
