"""What every operation of the OpenAPI description has in common."""

import re
from typing import Any, Final, get_args

from drf_spectacular.openapi import AutoSchema

from imserver.api.problems import MEDIA_TYPE
from imserver.errors import Retry

_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457. Switch on `code`; `retry` says what may help.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "retry": {"enum": list(get_args(Retry))},
        "retry_after_ms": {"type": "integer"},
        "details": {"type": "object"},
    },
    "required": ["type", "title", "status", "detail", "code", "retry"],
}
_ANSWER: Final = {
    "description": "Refused.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Operation(AutoSchema):
    """Named after its method and path: client generators make a function of it, and no two are alike."""

    def get_operation_id(self) -> str:
        return "_".join([self.method.lower(), *re.findall(r"\w+", self.path.removeprefix("/v1"))])


def with_problems(result: dict[str, Any], generator: object, request: object, public: object) -> dict[str, Any]:
    result["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        done = {status: answer for status, answer in operation["responses"].items() if not status.startswith("4")}
        operation["responses"] = {**done, "4XX": _ANSWER}
    return result
