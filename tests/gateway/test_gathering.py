"""Small work is gathered, and what is written is told, whatever happens in between."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg import OperationalError

from imserver.realtime.gathering import Gathering
from messaging import marks
from messaging.writes import Mark, Marked


async def test_what_comes_in_time_is_written_at_once_and_the_rest_after_it() -> None:
    written: list[dict[str, int]] = []

    async def write(values: dict[str, int]) -> None:
        if not written:
            gathering.put("late", 9)
        written.append(values)

    gathering: Gathering[str, int] = Gathering(0.01, write)
    for value in (1, 3, 2):
        gathering.put("a", value, max)
    gathering.put("b", 5)
    gathering.put("b", 4)
    await gathering.stop()
    assert written == [{"a": 3, "b": 4}, {"late": 9}]
    gathering.put("again", 1)
    await gathering.stop()
    assert written[2:] == [{"again": 1}]


async def test_marks_that_are_written_are_told_though_the_database_goes_away_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, user, told = uuid4(), uuid4(), []
    away = [OperationalError("gone"), OperationalError("still gone")]

    async def marked(_marks: Any) -> list[Marked]:
        return [Marked(place, user, 3, 3, 3, moved=True, told=True)]

    async def readers(_query: Any) -> dict[UUID, Any]:
        if away:
            raise away.pop()
        return {}

    monkeypatch.setattr(marks, "_marked", marked)
    monkeypatch.setattr(marks, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(marks, "database", SimpleNamespace(arun=readers))
    hub: Any = SimpleNamespace(tell=told.append)
    gathered = marks.Marks(hub)
    answers: asyncio.Queue[Any] = asyncio.Queue()
    gathered.put(Mark(place, user, read_seq=3), answers.put_nowait)
    await gathered.stop()
    assert (answers.get_nowait().read_seq, away, told) == (3, [], [[]])
