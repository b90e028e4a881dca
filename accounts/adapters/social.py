"""Log-ins by providers: which there are, whom their people are here, and what we believe them."""

import hashlib
import time
from contextlib import suppress
from typing import Any, Final, cast

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.forms import BaseForm
from django.http import HttpRequest
from requests import RequestException

from accounts import actions, rules
from accounts.adapters.account import invalid
from accounts.errors import ProviderRefused, ProviderUnknown
from accounts.models import User
from imserver.errors import Conflict, DomainError

# What reading an answer may raise that is not what the provider's documentation says.
BROKEN: Final = (
    *(OAuth2Error, RequestException, LookupError, TypeError, ValueError, AttributeError),
    ImproperlyConfigured,  # an id that is too long
)
_PUBLIC_API: Final = {"https://github.com": "https://api.github.com"}


class Social(DefaultSocialAccountAdapter):
    def validation_error(self, code: str, *args: object) -> ValidationError:
        return invalid(ProviderRefused()) if code == "invalid_token" else super().validation_error(code, *args)

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Those of the settings: the database has none."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """What the provider says, as far as it is taken here. No more of it is kept than who it is."""
        user = cast(User, sociallogin.user)
        user.username, user.display_name, user.email = _plain(data), _shown(data), data.get("email") or None
        sociallogin.account.extra_data = {"username": user.username, "name": user.display_name}
        for address in sociallogin.email_addresses:
            address.verified = address.verified is True  # some say "false", which is a true string
        return user

    def authenticate_by_email(self, sociallogin: SocialLogin) -> Any:
        """The account with the same address, if it was verified on both sides: else anybody could take it over."""
        for address in sociallogin.email_addresses:
            same = EmailAddress.objects.filter(email=address.email.lower(), verified=True, user__email=F("email"))
            if address.verified and (own := same.select_related("user").first()):
                return own.user, own.email
        return None

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        name = cast(User, sociallogin.user).username
        return bool(name) and not User.objects.filter(username=name).exists()

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: BaseForm | None = None) -> User:
        suggested = cast(User, sociallogin.user)
        said: dict[str, Any] = form.cleaned_data if form else vars(suggested)
        name = said.get("display_name") or suggested.display_name
        user = actions.sign_up(username=said["username"], email=said["email"], password=None, display_name=name)
        sociallogin.user = user
        try:
            sociallogin.save(request)
        except IntegrityError as e:  # the same person, at once
            raise Conflict from e
        return user


def _plain(data: dict[str, Any]) -> str:
    with suppress(DomainError):
        return rules.username(str(data.get("username") or ""))
    return ""


def _shown(data: dict[str, Any]) -> str:
    with suppress(DomainError):
        return rules.display_name(str(data.get("name") or ""))
    return ""


class GitHub(GitHubOAuth2Adapter):
    """At GitHub itself, or at a GitHub Enterprise server of the operator."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        web = settings.GITHUB_URL.rstrip("/")
        self.profile_url = f"{_PUBLIC_API.get(web, f'{web}/api/v3')}/user"
        self.emails_url = f"{self.profile_url}/emails"
        self.access_token_url = f"{web}/login/oauth/access_token"
        self.authorize_url = f"{web}/login/oauth/authorize"


def offered(request: HttpRequest) -> list[dict[str, object]]:
    """How a client begins a log-in at each provider."""
    return [_offer(request, provider) for provider in Social().list_providers(request)]


def _offer(request: HttpRequest, provider: Any) -> dict[str, object]:
    said = {"id": provider.sub_id, "name": provider.name, "client_id": provider.app.client_id}
    if provider.id == GitHub.provider_id:
        return {**said, "flows": ["provider_code"], "authorize_url": GitHub(request).authorize_url}
    return {**said, "flows": ["provider_token"], "openid_configuration_url": provider.server_url}


def by_github(request: HttpRequest, code: str, redirect_uri: str, verifier: str) -> SocialLogin:
    """Whom GitHub sent back with this code. Raises what a form says."""
    try:
        app = Social().get_app(request, provider="github")
    except SocialApp.DoesNotExist as e:
        raise invalid(ProviderUnknown()) from e
    github = GitHub(request)
    where, headers = github.access_token_url, {"Accept": "application/json"}
    client = OAuth2Client(request, app.client_id, app.secret, "POST", where, redirect_uri, headers=headers)
    try:
        token = github.parse_token(client.get_access_token(code, pkce_code_verifier=verifier))
        login: SocialLogin = github.complete_login(request, app, token)
    except BROKEN as e:
        raise invalid(ProviderRefused()) from e
    return login


def is_first_use(id_token: str) -> bool:
    """Each id token logs in once: who finds one later has nothing. What never expires is not taken at all."""
    left = jwt.decode(id_token, options={"verify_signature": False}).get("exp", 0) - time.time()
    name = hashlib.sha256(id_token.encode()).hexdigest()
    return left > 0 and bool(cache.add(f"id_token:{name}", "y", timeout=left))
