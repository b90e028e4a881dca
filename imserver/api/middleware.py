"""The refusals of Django and django-allauth, spelled as ours; and of addresses that nothing can have."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from imserver import errors
from imserver.api.problems import MEDIA_TYPE, Found, body, headers, of_fields, refusal
from imserver.errors import DomainError

_ALLAUTH_WINDOW_MS: Final = 60_000  # its limits count by the minute, and it does not say how much of that is left
_BY_STATUS: Final[dict[int, type[DomainError]]] = {
    401: errors.NotAuthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    409: errors.Conflict,
    410: errors.NotAuthenticated,
    413: errors.TooLarge,
    429: errors.RateLimited,
    500: errors.ServerError,
}


class Problems:
    """Spells the refusals of Django and django-allauth, whose own members stay in the body as extensions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _unstorable(request) or _spell(request, self.get_response(request))

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponseBase | None:
        error = refusal(exc) if _is_api(request) else None
        return _respond(error, body(error)) if error else None


def _unstorable(request: HttpRequest) -> HttpResponseBase | None:
    """What no table holds is in no address, whoever would look it up: U+0000. Half a surrogate pair is no UTF-8."""
    has_nul = "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")
    if not (has_nul and _is_api(request)):
        return None
    error = errors.BadContent()
    return _respond(error, body(error))


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/v1/")


def _spell(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if response.status_code < HTTPStatus.BAD_REQUEST or not _is_api(request) or media_type == MEDIA_TYPE:
        return response
    said = json.loads(cast(HttpResponse, response).content) if media_type == "application/json" else {}
    if faults := said.get("errors"):
        error = of_fields(_by_param(faults))
        return _respond(error, {**said, **body(error)})
    error = _reason(response.status_code, said)()
    return _respond(error, {**said, **body(error, response.status_code)})


def _reason(status: int, said: dict[str, Any]) -> type[DomainError]:
    if status == HTTPStatus.UNAUTHORIZED and said.get("meta", {}).get("is_authenticated"):
        return errors.ReauthenticationNeeded
    return _BY_STATUS.get(status, errors.BadRequest)


def _respond(error: DomainError, content: dict[str, object]) -> JsonResponse:
    if isinstance(error, errors.RateLimited) and not error.retry_after_ms:
        error.retry_after_ms = content["retry_after_ms"] = _ALLAUTH_WINDOW_MS
    status = content["status"]
    return JsonResponse(content, status=status, headers=headers(error), content_type=MEDIA_TYPE)


def _by_param(faults: list[dict[str, str]]) -> Found:
    found: dict[str, list[dict[str, str]]] = {}
    for fault in faults:
        found.setdefault(fault.get("param", ""), []).append({"code": fault["code"], "message": fault["message"]})
    return found
