"""Questions of one moment, answered by one call."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """`answer` gets all that is asked within `seconds`, and has one answer for each, in order."""

    def __init__(self, seconds: float, answer: Callable[[list[Asked]], Awaitable[Sequence[Answer]]]):
        self._seconds, self._answer = seconds, answer
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, one: Asked) -> Answer:
        """Raises what the call raised."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((one, mine))
        if len(self._waiting) == 1:
            task = loop.create_task(self._serve())  # of its own: whoever asked first may go away
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await mine

    async def _serve(self) -> None:
        await asyncio.sleep(self._seconds)
        asked, self._waiting = self._waiting, []
        waiting = [future for _, future in asked]
        try:
            answers = await self._answer([one for one, _ in asked])
        except Exception as e:
            for future in _there(waiting):
                future.set_exception(e)
        else:
            found = dict(zip(waiting, answers, strict=True))
            for future in _there(waiting):
                future.set_result(found[future])


def _there(waiting: Iterable[asyncio.Future[Answer]]) -> Iterator[asyncio.Future[Answer]]:
    """Those who have not gone meanwhile."""
    return (future for future in waiting if not future.done())
