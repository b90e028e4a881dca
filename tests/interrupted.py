"""Queries between whose statements something happens."""

from collections.abc import Callable
from typing import Any, TypeVar

from imserver import database
from imserver.database import Query

Result = TypeVar("Result")


def interrupted(query: Query[Result], happens: Callable[[], object]) -> Result:
    """What it comes to where this happens as soon as its first statement is answered."""

    def whole() -> Query[Result]:
        wanted: Any = next(query)
        answered = yield wanted
        happens()
        try:
            while True:
                answered = yield query.send(answered)
        except StopIteration as done:
            result: Result = done.value
            return result

    return database.run(whole())
