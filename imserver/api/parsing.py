"""Request bodies by the same structs as socket frames, with the same refusals."""

import json
from typing import Any, TypeVar

import msgspec
from rest_framework.request import Request

from imserver.errors import BadContent, BadJson, BadRequest, DomainError

T = TypeVar("T")
MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def parse(request: Request, shape: type[T]) -> T:
    """The body as a struct. Raises BadJson, BadContent or BadRequest."""
    try:
        return msgspec.json.decode(request.body or b"{}", type=shape)
    except MALFORMED as e:
        raise refusal(request.body, e) from e


def refusal(raw: bytes, reason: Exception) -> DomainError:
    """What to answer to JSON that could not be parsed into its struct, because of one of MALFORMED."""
    if isinstance(reason, msgspec.ValidationError):
        return BadRequest(str(reason))
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return BadJson()
    return BadContent()  # what only a lenient parser takes: half a surrogate pair, NaN


def query(request: Request, shape: type[T]) -> T:
    """The query parameters as a struct. Raises BadRequest."""
    try:
        return msgspec.convert(request.query_params.dict(), shape, strict=False)
    except (msgspec.ValidationError, UnicodeDecodeError) as e:
        raise BadRequest(str(e)) from e


def schema(shape: type[Any]) -> dict[str, Any]:
    """The OpenAPI schema of a struct, self-contained."""
    (found,), parts = msgspec.json.schema_components([shape], ref_template="#/parts/{name}")
    whole: dict[str, Any] = inline(found, parts)
    return whole


def inline(found: Any, parts: dict[str, Any]) -> Any:
    if isinstance(found, dict):
        if "$ref" in found:
            return inline(parts[found["$ref"].rpartition("/")[2]], parts)
        return {name: inline(value, parts) for name, value in found.items()}
    return [inline(value, parts) for value in found] if isinstance(found, list) else found
