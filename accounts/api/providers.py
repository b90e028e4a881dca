"""The HTTP doors to log-ins by providers: an id token of OpenID Connect, a code of GitHub."""

import json
from typing import Any

from allauth.core import context
from allauth.decorators import rate_limit
from allauth.headless.base.views import ConfigView
from allauth.headless.internal.restkit import inputs
from allauth.headless.internal.restkit.response import APIResponse
from allauth.headless.socialaccount import views
from allauth.headless.socialaccount.inputs import ProviderTokenInput
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from accounts.adapters import social
from accounts.adapters.account import invalid
from accounts.api.audited import Audited
from accounts.errors import ProviderRefused, ProviderUnknown


class TokenInput(ProviderTokenInput):
    def clean_provider(self) -> str:
        name = str(self.cleaned_data["provider"])
        if not social.Social().list_apps(context.request, provider=name):
            raise invalid(ProviderUnknown())
        return name

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
            if not self.errors and not social.is_first_use(self.data["token"]["id_token"]):
                raise invalid(ProviderRefused())
        except social.BROKEN as e:
            raise invalid(ProviderRefused()) from e
        return cleaned


class CodeInput(inputs.Input):
    code = inputs.CharField()
    redirect_uri = inputs.CharField(required=False)
    code_verifier = inputs.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            names = ("code", "redirect_uri", "code_verifier")
            cleaned["sociallogin"] = social.by_github(context.request, *[cleaned[name] for name in names])
        return cleaned


@method_decorator(rate_limit(action="login"), name="handle")
class Token(Audited, views.ProviderTokenView):
    means = "openid"
    input_class = TokenInput


@method_decorator(rate_limit(action="login"), name="handle")
class GitHub(Audited, views.ProviderTokenView):
    means = "github"
    input_class = CodeInput  # type: ignore[assignment]


class Config(ConfigView):
    """Only what a client can do here: no provider has the redirects of web sites."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = json.loads(super().get(request, *args, **kwargs).content)["data"]
        return APIResponse(request, data={**data, "socialaccount": {"providers": social.offered(request)}})
