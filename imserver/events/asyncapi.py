"""The event log described as AsyncAPI 3, from the shape itself. docs/events.md says the same in words."""

from functools import cache
from inspect import getdoc
from typing import Any, Final

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from imserver.events.event import Event

Json = dict[str, Any]
_INFO: Final[Json] = {
    "title": "Instant messaging: events",
    "version": "1",
    "description": "What happens in conversations, for subscribers of the event log. docs/events.md explains.",
}
_SERVER: Final[Json] = {
    "host": "{bootstrap}",
    "protocol": "kafka",
    "variables": {"bootstrap": {"description": "KAFKA_BOOTSTRAP of the installation: host:port"}},
}
_PUBLISH: Final[Json] = {
    "action": "send",
    "summary": "At least once, in the order of `rev` within a conversation.",
    "channel": {"$ref": "#/channels/log"},
    "messages": [{"$ref": "#/channels/log/messages/event"}],
}
_KEY: Final[Json] = {"type": "string", "format": "uuid", "description": "The conversation: its events stay in order."}
_MESSAGE: Final[Json] = {
    "name": "Event",
    "payload": {"$ref": "#/components/schemas/Event"},
    "bindings": {"kafka": {"key": _KEY}},
}


@require_safe
def asyncapi(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(_spelled(), content_type="application/yaml")


@cache
def _spelled() -> bytes:
    return msgspec.yaml.encode(document())


def document() -> Json:
    _, schemas = msgspec.json.schema_components([Event], ref_template="#/components/schemas/{name}")
    schemas["Event"]["description"] = getdoc(Event)
    log = {
        "address": settings.KAFKA_TOPIC,
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {"event": {"$ref": "#/components/messages/event"}},
    }
    return {
        "asyncapi": "3.0.0",
        "info": _INFO,
        "defaultContentType": "application/json",
        "servers": {"kafka": _SERVER},
        "channels": {"log": log},
        "operations": {"publish": _PUBLISH},
        "components": {"messages": {"event": _MESSAGE}, "schemas": schemas},
    }
