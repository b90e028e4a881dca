"""docs/events.md and /v1/events.yaml say what is published."""

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings
from django.test import Client

from imserver.events.asyncapi import document
from imserver.events.event import TOPICS, Event, decode, encode
from messaging.events import NAMES
from tests import catalogue, make
from tests.events.conftest import relay_all
from tests.events.ear import Ear
from tests.make import Person
from tests.messaging.door import Door

PAGE = catalogue.EVENTS.read_text()


def examples() -> list[Any]:
    [block] = re.findall(r"<!-- example -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    return [json.loads(one) for one in re.split(r"(?<=\n})\n", block.strip())]


def shape(value: Any) -> Any:
    """The members, their order and their types."""
    return [(name, shape(one)) for name, one in value.items()] if isinstance(value, dict) else type(value).__name__


@pytest.fixture
def published(ear: Ear, ann: Person, bob: Person) -> list[Event]:
    """What the page's example tells of: a message and its correction."""
    conversation = make.direct(ann, bob)
    Door(ann).send(conversation, "helo")
    relay_all()
    Door(ann).edit(conversation, 1, "hello")
    relay_all()
    return ear.heard


def test_the_members_on_the_page_are_the_structs_own() -> None:
    assert catalogue.with_members(PAGE) == PAGE, "python -m tests.catalogue writes it anew"
    assert all(f"| `{name}`" in PAGE for name in Event.__struct_fields__)


def test_every_topic_is_on_the_page_and_every_kind_there_exists() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ((?:`[\w.]+`, )+)\.\.\. \|", PAGE, re.MULTILINE)
    assert [topic for topic, _ in rows] == list(TOPICS)
    assert all(kind in NAMES.values() for _, kinds in rows for kind in re.findall(r"[\w.]+", kinds))


@pytest.mark.django_db
def test_the_example_looks_like_what_is_published(published: list[Event]) -> None:
    assert [shape(json.loads(encode(event))) for event in published] == [shape(one) for one in examples()]
    assert [one["kind"] for one in examples()] == [event.kind for event in published]


def test_the_example_is_one_of_events() -> None:
    for one in examples():
        assert json.loads(encode(decode(json.dumps(one).encode()))) == one


@pytest.mark.django_db
def test_what_is_published_fits_the_schema(published: list[Event]) -> None:
    validator = jsonschema.Draft202012Validator(document()["components"]["schemas"]["Event"])
    for record in [json.loads(encode(event)) for event in published]:
        validator.validate(record)
        for broken in ({"rev": 0}, {"topic": "news"}, {"entry": None}, {"state": 1}):
            assert not validator.is_valid(record | broken)


def test_the_description_is_served(client: Client) -> None:
    answer = client.get("/v1/events.yaml")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/yaml")
    assert yaml.safe_load(answer.content) == document()
    assert client.post("/v1/events.yaml").status_code == 405


def test_the_description_is_asyncapi_3() -> None:
    found = document()
    assert found["asyncapi"] == "3.0.0"
    assert found.keys() <= {"asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components"}
    assert found["channels"]["log"]["address"] == settings.KAFKA_TOPIC
    assert found["operations"]["publish"]["action"] == "send"
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(found)):
        there: Any = found
        for name in reference.split("/"):
            there = there[name]
        assert there
