"""The parts of docs/protocol.md and docs/events.md that are made by the code; tests hold the pages to them.

`python -m tests.catalogue` writes anew the error catalogue, from the classes in the errors.py files, and the members of
an event, from its struct. With `--transcript` it also lets two people talk through a server on an empty database, and
writes down what went over the wire.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from imserver.errors import DomainError
from imserver.events.asyncapi import document
from tests import transcript
from tests.processes import Gateway

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, EVENTS = DOCS / "protocol.md", DOCS / "events.md"


def errors() -> list[type[DomainError]]:
    """Every refusal of the project, wherever it is defined."""
    for app in apps.get_app_configs():
        if Path(app.path).is_relative_to(settings.BASE_DIR / app.name):
            with suppress(ModuleNotFoundError):
                import_module(f"{app.name}.errors")
    import_module("imserver.urls")  # every door, with all that is below it
    return sorted(set(_below(DomainError)), key=lambda error: error.code)


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        if child.__module__.split(".")[0] != "tests":
            yield child
        yield from _below(child)


def table(found: Iterable[type[DomainError]]) -> str:
    rows = [f"| `{one.code}` | {one.status} | `{one.retry}` | {one.message} |\n" for one in found]
    return "| code | HTTP | retry | message |\n|---|---|---|---|\n" + "".join(rows)


def rewritten(page: str, played: str = "") -> str:
    """The page with the catalogue as the code has it, and with another transcript if there is one."""
    page = _put(page, "errors", table(errors()))
    return _put(page, "transcript", played) if played else page


def members() -> str:
    """Of an event, as it is described at /v1/events.yaml."""
    found = document()["components"]["schemas"]["Event"]
    rows = [
        f"| `{name}`{'' if name in found['required'] else '?'} | {_kind(one)} | {one.get('description', '')} |\n"
        for name, one in found["properties"].items()
    ]
    return "| member | type | meaning |\n|---|---|---|\n" + "".join(rows)


def _kind(schema: dict[str, Any]) -> str:
    return ", ".join(f"`{one}`" for one in schema.get("enum", ())) or schema.get("format", schema.get("type", ""))


def with_members(page: str) -> str:
    return _put(page, "members", members())


def _put(page: str, part: str, text: str) -> str:
    begin, end = f"<!-- {part}: written by tests/catalogue.py -->\n", f"<!-- end of {part} -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


def _played() -> str:
    call_command("migrate", verbosity=0)
    gateway = Gateway().launch()
    try:
        return str(transcript.play(gateway.wait().http))
    finally:
        gateway.stop()


if __name__ == "__main__":
    import_module("tests.servers")  # PostgreSQL and Redis for this run, named in the environment
    django.setup()
    PAGE.write_text(rewritten(PAGE.read_text(), _played() if "--transcript" in sys.argv else ""))
    EVENTS.write_text(with_members(EVENTS.read_text()))
