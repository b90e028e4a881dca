"""django-allauth's own OpenAPI description of those of its paths that we serve, in our words where we differ."""

import re
from pathlib import Path
from typing import Any, Final

import yaml
from allauth.headless.spec.internal import schema as allauth
from django.urls import Resolver404, resolve

_SOURCE: Final = Path(allauth.__file__).parent.parent / "doc" / "openapi.yaml"
_THEIR_PREFIX: Final = re.compile(r"^/_allauth/(\{client\}|app)(?=/)")
_LEFT_OUT: Final = {"parameters", "examples", "example"}  # the client is always the app; their people are not ours


def with_accounts(result: dict[str, Any], generator: object, request: object, public: object) -> dict[str, Any]:
    theirs = yaml.safe_load(_SOURCE.read_text())
    allauth.specify_signup_fields(theirs)
    allauth.specify_custom_signup_form(theirs)
    for their_path, operations in theirs["paths"].items():
        path = _THEIR_PREFIX.sub("", their_path)
        if path not in result["paths"] and _is_served(path):
            result["paths"][path] = _carry(operations, theirs, result)
            for method, operation in result["paths"][path].items():
                operation["operationId"] = "_".join([method, *path.split("/")[2:]])
                operation["security"] = [{"accessToken": []}, {}]
    result["paths"]["/v1/auth/github"] = _github(result["paths"]["/v1/auth/provider/token"]["post"])
    return result


def _github(token: dict[str, Any]) -> dict[str, Any]:
    """Ours, for a provider that has no id tokens: all but what it takes is as there."""
    texts = {name: {"type": "string"} for name in ("code", "redirect_uri", "code_verifier")}
    body = {"schema": {"type": "object", "required": ["code"], "properties": texts}}
    said = {"operationId": "post_auth_github", "summary": "Log in by a code of GitHub", "description": ""}
    return {"post": {**token, **said, "requestBody": {"required": True, "content": {"application/json": body}}}}


def _is_served(path: str) -> bool:
    try:
        return resolve(path) is not None
    except Resolver404:
        return False


def _carry(node: Any, theirs: dict[str, Any], result: dict[str, Any]) -> Any:
    """A copy of the node; what it refers to comes along into our components, under a name of its own."""
    if isinstance(node, list):
        return [_carry(inner, theirs, result) for inner in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": _carry_component(node["$ref"], theirs, result)}
    return {key: _carry(inner, theirs, result) for key, inner in node.items() if key not in _LEFT_OUT}


def _carry_component(reference: str, theirs: dict[str, Any], result: dict[str, Any]) -> str:
    _, _, section, name = reference.split("/")
    if (section, name) == ("schemas", "User"):
        return "#/components/schemas/Me"
    ours = result["components"].setdefault(section, {})
    if f"Auth{name}" not in ours:
        ours[f"Auth{name}"] = {}  # before its inside is carried: it may refer to itself
        ours[f"Auth{name}"] = _carry(theirs["components"][section][name], theirs, result)
    return f"#/components/{section}/Auth{name}"
