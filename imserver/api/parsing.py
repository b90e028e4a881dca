"""Request bodies by the same structs as socket frames, with the same refusals."""

from typing import Any, TypeVar

import msgspec
from rest_framework.request import Request

from imserver.errors import BadJson, BadRequest

T = TypeVar("T")


def parse(request: Request, shape: type[T]) -> T:
    """The body as a struct. Raises BadJson or BadRequest."""
    try:
        return msgspec.json.decode(request.body or b"{}", type=shape)
    except msgspec.ValidationError as e:
        raise BadRequest(str(e)) from e
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise BadJson from e


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
