"""`manage.py check`: every path in the tables leads somewhere."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from imserver import commands, subscriptions
from imserver.celery import app


@register()
def tables(**_: Any) -> list[CheckMessage]:
    return [Error(f"{table}: {reason}", id="imserver.E001") for table, reason in _broken()]


def _broken() -> Iterable[tuple[str, str]]:
    asked = [commands.SUBJECT, commands.SESSIONS, commands.REVOKED, commands.STORE]
    yield from _missing("imserver/commands.py", asked)
    for path in [*commands.COMMANDS.values(), commands.ARRIVED]:
        owner, _, method = path.rpartition(".")
        if not list(_missing("", [owner])) and hasattr(import_string(owner), method):
            continue
        yield "imserver/commands.py", f"{path} does not exist"
    yield from _missing("imserver/subscriptions.py", [row.handler for row in subscriptions.SUBSCRIPTIONS.values()])
    yield from _missing("imserver/celery.py", [row["task"] for row in app.conf.beat_schedule.values()])


def _missing(table: str, paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    for path in paths:
        try:
            import_string(path)
        except ImportError as e:
            yield table, str(e)
