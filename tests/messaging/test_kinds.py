"""Each kind of message, and what is no such message."""

from typing import Any
from uuid import uuid4

import pytest

from imserver.errors import DomainError
from messaging.content import check_content
from messaging.entries import dumps
from tests import make
from tests.make import Person
from tests.messaging.door import Door

FILE = str(uuid4())


def verdict(kind: str, **content: Any) -> str:
    try:
        check_content(kind, dumps(content))
    except DomainError as e:
        return e.code
    return "ok"


def link(**more: Any) -> dict[str, Any]:
    return {"type": "link", "offset": 0, "length": 2, "url": "https://example.com", **more}


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "pre", "offset": 1, "length": 1, "language": "python"},
        {"type": "quote", "offset": 0, "length": 1, "from a newer client": 1},
        link(),
        link(url="mailto:ann@example.com"),
    ],
)
def test_a_text_is_formatted_by_stretches(entity: dict[str, Any]) -> None:
    assert verdict("text", text="😀!", entities=[entity]) == "ok"


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "blink", "offset": 0, "length": 1},
        {"type": "bold", "offset": 0, "length": 0},
        {"type": "bold", "offset": -1, "length": 1},
        {"type": "bold", "offset": 1, "length": 2},
        {"type": "bold", "offset": 2**53, "length": 1},
        {"type": "bold", "offset": 0, "length": 1, "url": "https://example.com"},
        {"type": "link", "offset": 0, "length": 1},
        link(url="javascript:alert(1)"),
        link(url="data:text/html,x"),
        link(url=" https://example.com"),
        "bold",
    ],
)
def test_what_is_no_stretch_of_the_text_or_leads_into_a_trap(entity: Any) -> None:
    assert verdict("text", text="😀!", entities=[entity]) == "bad_content"


def test_there_is_an_end_of_entities() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 1}] * 100
    assert verdict("text", text="x", entities=entities) == "ok"
    assert verdict("text", text="x", entities=[*entities, entities[0]]) == "bad_content"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("location", {"latitude": 38.7, "longitude": -9.1}),
        ("location", {"latitude": -90, "longitude": 180, "accuracy_m": 5, "name": "Pole"}),
        ("contact", {"name": "Bob", "phone": "+351911234567"}),
        ("contact", {"name": "Bob", "user": FILE}),
        ("sticker", {"pack": "cats", "sticker": "wave", "emoji": "👋"}),
        ("custom", {"anything": [1]}),
    ],
)
def test_kinds_that_need_no_file(kind: str, content: dict[str, Any]) -> None:
    assert verdict(kind, **content) == "ok"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("location", {"latitude": 91, "longitude": 0}),
        ("location", {"latitude": "38", "longitude": 0}),
        ("location", {}),
        ("contact", {"name": "Bob"}),
        ("contact", {"name": "Bob", "phone": "0911"}),
        ("sticker", {"pack": "cats"}),
        ("image", {"file": FILE}),
        ("image", {"file": "mine", "width": 1, "height": 1}),
        ("audio", {"file": FILE, "duration_ms": 1, "waveform": [32]}),
        ("file", {"file": FILE, "name": ""}),
        ("text", {"text": "x", "forwarded": {"sender": FILE}}),
        ("custom", {"forwarded": {}}),
    ],
)
def test_what_is_no_such_content(kind: str, content: dict[str, Any]) -> None:
    assert verdict(kind, **content) == "bad_content"


def test_a_name_of_a_contact_is_a_name() -> None:
    assert verdict("contact", name="\u200b", user=FILE) == "bad_name"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", {"width": 4, "height": 3, "caption": "look"}),
        ("video", {"width": 4, "height": 3, "duration_ms": 1000}),
        ("audio", {"duration_ms": 900, "voice": True, "waveform": [0, 31]}),
        ("file", {"name": "a.pdf"}),
    ],
)
def test_a_file_that_is_not_there_is_not_sent(kind: str, content: dict[str, Any]) -> None:
    assert verdict(kind, file=FILE, **content) == "file_not_there"
    assert verdict(kind, file=FILE, **content | {"caption": "x" * 2_001}) == "too_long"


@pytest.mark.parametrize("kind", ["call", "poll", "edit", "member.joined", "Hologram", "", "x" * 33])
def test_kinds_of_the_server_and_no_names_are_refused(kind: str) -> None:
    assert verdict(kind, any=1) == "unknown_kind"


@pytest.mark.django_db
def test_a_kind_of_a_newer_client_is_kept_for_those_who_know_it(ann: Person, bob: Person) -> None:
    place = make.direct(ann, bob)
    Door(ann).send(place, kind="hologram", content={"depth": 3})
    [message] = Door(bob).said(place)
    assert (message["kind"], message["content"]) == ("unsupported", {"kind": "hologram", "content": {"depth": 3}})
    assert Door(bob).head(place)["unread"] == 1
