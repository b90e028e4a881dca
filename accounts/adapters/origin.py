from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

from accounts.actions import Origin
from accounts.models import User


def origin(request: HttpRequest) -> Origin:
    def said(header: str, most: int) -> str:
        return "".join(filter(str.isprintable, request.headers.get(header, "")))[:most]

    return Origin(
        name=said("X-Device-Name", 100) or said("User-Agent", 100),
        platform=said("X-Device-Platform", 20),
        app_version=said("X-App-Version", 20),
        address=get_adapter().get_client_ip(request),
    )


def means(request: HttpRequest, user: User) -> str:
    """How somebody has just come in: password, password+totp, code, webauthn, the name of a provider."""
    records = get_authentication_records(request, user)
    return "+".join(str(one.get("type") or one.get("provider") or one["method"]) for one in records) or "sign_up"
