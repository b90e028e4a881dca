"""Small work that is gathered for a while and then done at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Gathering(Generic[Key, Value]):
    """Values by key. `write` gets them all `seconds` after the first, and again as long as more have come meanwhile."""

    def __init__(self, seconds: float, write: Callable[[dict[Key, Value]], Awaitable[None]]):
        self._seconds, self._write = seconds, write
        self._values: dict[Key, Value] = {}
        self._task: asyncio.Task[None] | None = None

    def put(self, key: Key, value: Value, merge: Callable[[Value, Value], Value] = lambda _before, now: now) -> None:
        self._values[key] = merge(self._values[key], value) if key in self._values else value
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """What is gathered is written still."""
        if self._task:
            await self._task

    async def _run(self) -> None:
        while self._values:
            await asyncio.sleep(self._seconds)
            values, self._values = self._values, {}
            await self._write(values)
