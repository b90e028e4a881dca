"""Reads that both doors share, and the gateway's own asynchronous connections.

A `Query` is a generator: it yields (SQL, parameters), is sent the rows, and returns its result. `run` drives it over
Django's connection, `arun` over the gateway's pool. Where it yields a function, that is called for rows from another
store, by `arun` in a thread. No session state is kept: a transaction pooler may stand between.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, Self, TypeVar, cast

from django.db import connection as django_connection
from django.db import connections
from psycopg import AsyncConnection, Cursor, OperationalError
from psycopg_pool import AsyncConnectionPool

Rows = list[tuple[Any, ...]]
Connection = AsyncConnection[tuple[Any, ...]]
Statement = tuple[LiteralString, Sequence[object]]
Result = TypeVar("Result")
Query = Generator[Statement | Callable[[], Rows], Rows, Result]
_POOL_SIZE = 4
_pool: AsyncConnectionPool[Connection] | None = None


def arguments() -> dict[str, Any]:
    """psycopg's connection arguments for the database Django uses now (in tests: the test database)."""
    wanted = connections["default"].get_connection_params()
    return {
        name: value
        for name, value in wanted.items()
        if name not in ("pool", "cursor_factory", "context", "server_side_binding", "isolation_level")
    }


async def connect() -> Connection:
    return await AsyncConnection.connect(**arguments(), autocommit=True, connect_timeout=5)


@asynccontextmanager
async def connection() -> AsyncIterator[Connection]:
    """A connection in autocommit from this process's pool. Raises psycopg.OperationalError where there is none."""
    global _pool  # noqa: PLW0603
    if _pool is None:
        _pool = AsyncConnectionPool(
            kwargs={**arguments(), "autocommit": True, "connect_timeout": 5},
            min_size=1,
            max_size=_POOL_SIZE,
            timeout=5,
            open=False,
        )
        await _pool.open()
    async with _pool.connection() as found:
        yield found


def run(query: Query[Result]) -> Result:
    try:
        wanted = next(query)
        while True:
            wanted = query.send(wanted() if callable(wanted) else _fetch_here(*wanted))
    except StopIteration as done:
        result: Result = done.value
        return result


def _fetch_here(sql: LiteralString, parameters: Sequence[object]) -> Rows:
    django_connection.ensure_connection()
    link = django_connection.connection
    wrapped = django_connection.make_debug_cursor if django_connection.queries_logged else django_connection.make_cursor
    with wrapped(cast(Any, Prepared(link))) as cursor:
        cursor.execute(sql, cast(Any, parameters))
        rows: Rows = cursor.fetchall()
        return rows


class Prepared(Cursor[tuple[Any, ...]]):
    """A statement is planned once for a connection; with Django's own cursor, which writes parameters in, each time."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, prepare=True, **options)


async def arun(query: Query[Result]) -> Result:
    try:
        wanted = next(query)
        while True:
            wanted = query.send(await (asyncio.to_thread(wanted) if callable(wanted) else fetch(*wanted)))
    except StopIteration as done:
        result: Result = done.value
        return result


async def fetch(sql: LiteralString, parameters: Sequence[object]) -> Rows:
    """The rows of a read; tried once more where the connection had died unnoticed."""
    try:
        return await _fetch(sql, parameters)
    except OperationalError:
        return await _fetch(sql, parameters)


async def _fetch(sql: LiteralString, parameters: Sequence[object]) -> Rows:
    async with connection() as link:
        return await (await link.execute(sql, parameters, prepare=True)).fetchall()


async def close() -> None:
    global _pool
    if _pool is not None:
        pool, _pool = _pool, None
        await pool.close()
