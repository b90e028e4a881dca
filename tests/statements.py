"""Everything that this process asks of PostgreSQL, by whichever door: Django's cursors, the log's, the sockets'."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

WORK = ("select", "insert", "update", "delete", "with")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that ran inside, but for those that only frame a transaction."""
    found: list[str] = []

    def note(query: Any) -> None:
        text = query if isinstance(query, str) else bytes(query).decode() if isinstance(query, bytes) else str(query)
        if text.lstrip().lower().startswith(WORK):
            found.append(text)

    with monkeypatch.context() as patch:
        here, there = psycopg.Cursor.execute, psycopg.AsyncCursor.execute

        def execute(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
            note(query)
            return here(self, query, *rest, **more)

        async def aexecute(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
            note(query)
            return await there(self, query, *rest, **more)

        patch.setattr(psycopg.Cursor, "execute", execute)
        patch.setattr(psycopg.AsyncCursor, "execute", aexecute)
        yield found
