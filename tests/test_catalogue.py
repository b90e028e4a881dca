"""docs/protocol.md says what the code does."""

import json
import re
from hashlib import sha256
from typing import Any, cast, get_args
from uuid import UUID

from django.conf import settings

from imserver.api import problems
from imserver.commands import COMMANDS
from imserver.errors import Retry
from imserver.gateway.protocol import VERSION, Close
from imserver.gateway.session import Session
from messaging import rules
from messaging.errors import NotAMember
from messaging.events import NAMES
from tests import catalogue, transcript
from tests.processes import Gateway

PAGE = catalogue.PAGE.read_text()
NAMED = set(re.findall(r"`([\w.]+)`", PAGE))


def block(name: str) -> str:
    """The code block below a marker."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)\n```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def test_the_error_catalogue_is_the_codes_own() -> None:
    assert catalogue.rewritten(PAGE) == PAGE, "python -m tests.catalogue writes it anew"


def test_each_code_names_one_error() -> None:
    codes = [error.code for error in catalogue.errors()]
    assert len(codes) == len(set(codes)) > 40


def test_every_command_is_on_the_page() -> None:
    gateways_own = Session(cast(Any, None), None, lambda *_: None)
    assert not {*COMMANDS, *gateways_own.commands, *gateways_own.greeting} - NAMED


def test_every_frame_of_the_server_is_on_the_page() -> None:
    paths = [path for app in ("imserver", "messaging") for path in (settings.BASE_DIR / app).rglob("*.py")]
    spelled = re.compile(r"""b'"type":"([a-z.]+)"|(?:numbered|reply)\(b"([a-z.]+)\"""")
    types = {one or other for path in paths for one, other in spelled.findall(path.read_text())}
    assert types >= {"welcome", "heads", "entries", "ok", "error", "marks", "typing", "ping"}
    assert not types - NAMED


def test_every_close_code_is_on_the_page() -> None:
    assert not {str(code) for name, code in vars(Close).items() if name.isupper()} - NAMED


def test_every_way_to_retry_kind_of_entry_and_limit_is_on_the_page() -> None:
    assert not {VERSION, *get_args(Retry), *NAMES.values()} - NAMED
    rows = re.findall(r"^\| (`\w+`(?: · `\w+`)*) \| ([\d,]+(?: · [\d,]+)*) \|", PAGE, re.MULTILINE)
    told = {
        name.strip("`"): int(value.replace(",", ""))
        for names, values in rows
        for name, value in zip(names.split(" · "), values.split(" · "), strict=True)
    }
    limits = settings.LIMITS | {"friends_only": True}  # the tests turn it off
    assert {name: told.get(name) for name in limits} == limits


def test_the_example_of_a_problem_is_one() -> None:
    assert json.loads(block("example")) == problems.body(NotAMember())


def test_the_worked_example_of_an_id_is_right() -> None:
    told = dict(line.split()[:2] for line in block("pair").splitlines())
    one, other = UUID(told["one"]), UUID(told["other"])
    assert other < one
    assert sha256(other.bytes + one.bytes).hexdigest() == told["SHA-256"]
    assert (rules.pair(one, other), rules.pair(one, one)) == (UUID(told["direct"]), UUID(told["self"]))


def test_the_transcript_happens_so(gateways: tuple[Gateway, Gateway]) -> None:
    told = transcript.steps(PAGE)
    assert len(told) > 30
    assert transcript.steps(str(transcript.play(gateways[0].http))) == told
