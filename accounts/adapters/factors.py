"""What we do otherwise than django-allauth's second factors do by themselves."""

import struct
from typing import Any, Final

from allauth.core.internal.cryptokit import compare_user_code
from allauth.headless.mfa import inputs
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.exceptions import ValidationError
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from accounts import actions, sealing
from accounts.adapters.account import invalid
from accounts.errors import EmailUnverified, IncorrectCode, NoSecondFactor
from imserver.errors import DomainError

_OURS: Final[dict[str, type[DomainError]]] = {
    "cannot_generate_recovery_codes": NoSecondFactor,
    "incorrect_code": IncorrectCode,
    "unverified_email": EmailUnverified,
}
_MALFORMED: Final = (TypeError, ValueError, LookupError, AttributeError, struct.error, RecursionError)
_CREDENTIAL: Final = {"id", "rawId", "type"}
_ATTESTATION: Final = {"clientDataJSON", "attestationObject"}


class Factors(DefaultMFAAdapter):
    def validation_error(self, code: str, *args: object) -> ValidationError:
        return invalid(_OURS[code]()) if code in _OURS else super().validation_error(code, *args)

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        found = super().get_public_key_credential_rp_entity()
        return {**found, "id": settings.PASSKEY_DOMAIN or found["id"]}


def spend(authenticator: Authenticator, code: str) -> bool:
    """Whether a TOTP code that is right now was not used before."""
    secret = sealing.unseal(authenticator.data["secret"])
    steps = [step for step in totp.yield_hotp_counters_from_time() if _is(code, secret, step)]
    return bool(steps) and actions.spend_step(authenticator_id=authenticator.pk, step=steps[0])


def _is(code: str, secret: str, step: int) -> bool:
    return compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step)))


class _Once:
    """A code is good once."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not spend(self.authenticator, code):
            raise invalid(IncorrectCode())
        return code


class CodeInput(_Once, inputs.AuthenticateInput):
    pass


class CodeAgainInput(_Once, inputs.ReauthenticateInput):
    pass


class NewPasskeyInput(inputs.AddWebAuthnInput):
    def clean(self) -> dict[str, Any]:
        _parsed(RegistrationResponse, self.cleaned_data.get("credential"))
        cleaned: dict[str, Any] = super().clean()
        if said := cleaned.get("credential"):
            cleaned["credential"] = _essence(said)
        return cleaned


class _Parsed:
    """django-allauth takes most of what is no passkey's answer for one."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        _parsed(AuthenticationResponse, self.cleaned_data["credential"])
        found: Authenticator = super().clean_credential()  # type: ignore[misc]
        return found


class PasskeyInput(_Parsed, inputs.AuthenticateWebAuthnInput):
    pass


class PasskeyAgainInput(_Parsed, inputs.ReauthenticateWebAuthnInput):
    pass


class PasskeyLoginInput(_Parsed, inputs.LoginWebAuthnInput):
    pass


def _parsed(shape: Any, said: object) -> None:
    try:
        shape.from_dict(said)
    except _MALFORMED as e:
        raise invalid(IncorrectCode()) from e


def _essence(said: dict[str, Any]) -> dict[str, Any]:
    """What is needed again of a new passkey: what else a client says is not ours to keep."""
    extensions = said.get("clientExtensionResults")
    properties = extensions.get("credProps") if isinstance(extensions, dict) else None
    resident = isinstance(properties, dict) and properties.get("rk") is True
    return {
        **{name: said[name] for name in _CREDENTIAL & said.keys()},
        "response": {name: said["response"][name] for name in _ATTESTATION},
        "clientExtensionResults": {"credProps": {"rk": resident}},
    }
