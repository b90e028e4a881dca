"""The HTTP doors to second factors: django-allauth's, with our inputs.

What changes them is one transaction with what it tells the person's devices, and only for who has just proved anew who
he is.
"""

import json
import time
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.decorators import rate_limit
from allauth.headless.base.response import ConflictResponse, ReauthenticationResponse
from allauth.headless.internal.restkit.response import APIResponse
from allauth.headless.mfa import views
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator

from accounts import actions
from accounts.adapters import factors
from accounts.api.audited import Audited

_READING: Final = ("GET", "HEAD", "OPTIONS")


class _Told:
    """Who has neither password nor second factor proves by a recent log-in who he is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in _READING or not request.user.is_authenticated:
            return self._django(request, *args, **kwargs)
        if not get_reauthentication_flows(request.user) and not _came_lately(request):
            return ReauthenticationResponse(request)
        with transaction.atomic():
            answer = self._django(request, *args, **kwargs)
            if answer.status_code == HTTPStatus.OK:
                actions.tell_factors(user_id=request.user.pk)
        return answer

    def _django(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


def _came_lately(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


class Totp(_Told, views.ManageTOTPView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        if answer.status_code != HTTPStatus.NOT_FOUND:
            return answer
        meta = json.loads(answer.content)["meta"]
        picture = factors.Factors().build_totp_svg(meta["totp_url"])
        return APIResponse(request, meta={**meta, "totp_svg": picture}, status=HTTPStatus.NOT_FOUND)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = super().post(request, *args, **kwargs)
        except IntegrityError:  # another device was faster
            return ConflictResponse(request)
        made = Authenticator.objects.get(user=request.user.pk, type=Authenticator.Type.TOTP)
        factors.spend(made, self.input.cleaned_data["code"])
        return answer


class RecoveryCodes(_Told, views.ManageRecoveryCodesView):
    pass


class Passkeys(_Told, views.ManageWebAuthnView):
    input_class = {**views.ManageWebAuthnView.input_class, "POST": factors.NewPasskeyInput}


class _Second(Audited):
    stage: Any

    def _who(self) -> UUID | None:
        return getattr(self.stage.login.user, "pk", None)


class Authenticate(_Second, views.AuthenticateView):
    means = "totp"
    input_class = factors.CodeInput


class Reauthenticate(Audited, views.ReauthenticateView):
    means = "totp"
    input_class = factors.CodeAgainInput


class AuthenticatePasskey(_Second, views.AuthenticateWebAuthnView):
    means = "webauthn"
    input_class = {"POST": factors.PasskeyInput}


class ReauthenticatePasskey(Audited, views.ReauthenticateWebAuthnView):
    means = "webauthn"
    input_class = {"POST": factors.PasskeyAgainInput}


@method_decorator(rate_limit(action="login"), name="handle")
class LoginPasskey(Audited, views.LoginWebAuthnView):
    means = "webauthn"
    input_class = {"POST": factors.PasskeyLoginInput}
