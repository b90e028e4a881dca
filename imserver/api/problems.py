"""Every refusal over HTTP as RFC 9457 problem+json, with the `code` and `retry` that the socket says too."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from imserver import errors
from imserver.errors import DomainError

MEDIA_TYPE: Final = "application/problem+json"

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
