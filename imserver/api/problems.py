"""Every refusal over HTTP as RFC 9457 problem+json, with the `code` and `retry` that the socket says too."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from imserver import errors
from imserver.errors import DomainError

MEDIA_TYPE: Final = "application/problem+json"
_ALLAUTH_WINDOW_MS: Final = 60_000  # its limits count by the minute, and it does not say how much of that is left

_SPELLED: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[DomainError]], ...]] = (
    ((exceptions.ParseError, RecursionError), errors.BadJson),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), errors.NotAuthenticated),
    ((exceptions.PermissionDenied, PermissionDenied), errors.Forbidden),
    ((exceptions.NotFound, Http404), errors.NotFound),
    (exceptions.MethodNotAllowed, errors.MethodNotAllowed),
    (exceptions.Throttled, errors.RateLimited),
    (RequestDataTooBig, errors.TooLarge),
    (UnicodeEncodeError, errors.BadContent),  # half a surrogate pair passes JSON, but nothing behind can store it
    ((OperationalError, InterfaceError, PoolTimeout), errors.Unavailable),
    (exceptions.APIException, errors.BadRequest),
)
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
_DJANGOS: Final = {
    "null_characters_not_allowed": errors.BadContent,
    "surrogate_characters_not_allowed": errors.BadContent,
}

Found = Mapping[str, list[dict[str, str]]]  # field -> what is wrong with it, each with code and message


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's exception handler. What is no refusal goes on, and is a bug."""
    error = refusal(exc)
    if error is None:
        return None
    return Response(body(error), error.status, headers=headers(error), content_type=MEDIA_TYPE)


def refusal(exc: Exception) -> DomainError | None:
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return of_fields(dict(_fields(exc.get_full_details())))
    return next((error() for kind, error in _SPELLED if isinstance(exc, kind)), None)


def body(error: DomainError, status: int = 0) -> dict[str, object]:
    said = error.as_dict()
    status = status or error.status
    phrase = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": phrase, "status": status, "detail": said.pop("message"), **said}


def headers(error: DomainError) -> dict[str, str]:
    found = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else {}
    if error.retry_after_ms:
        found["Retry-After"] = str(-(-error.retry_after_ms // 1000))
    return found


def of_fields(found: Found) -> DomainError:
    """The refusal for a form. It takes the code of the first fault that has a name of its own."""
    named = {error.code: error for error in _subclasses(DomainError)} | _DJANGOS
    for fault in (fault for faults in found.values() for fault in faults):
        if fault["code"] in named:
            return named[fault["code"]](fault["message"], details=found)
    return errors.BadRequest(details=found)


class Problems:
    """Spells the refusals of Django and django-allauth, whose own members stay in the body as extensions."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response, self.is_async = (get_response, iscoroutinefunction(get_response))
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self._later(request) if self.is_async else _spell(request, self.get_response(request))

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        return _spell(request, await self.get_response(request))

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponseBase | None:
        error = refusal(exc) if _is_api(request) else None
        return _respond(error, body(error)) if error else None


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
    error = _BY_STATUS.get(response.status_code, errors.BadRequest)()
    return _respond(error, {**said, **body(error, response.status_code)})


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


def _fields(details: Any, name: str = "") -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Flattens what a serializer found: items.0.text -> faults."""
    if isinstance(details, list) and all("code" in fault for fault in details):
        yield name, details
        return
    for key, inner in details.items() if isinstance(details, dict) else enumerate(details):
        yield from _fields(inner, f"{name}.{key}" if name else str(key))


def _subclasses(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
