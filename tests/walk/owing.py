"""What a device has to ask for, it owes itself until it has the answer, also over a lost connection."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from tests.knowledge import Json, Refused
from tests.make import Person
from tests.walk.acking import Acking
from tests.walk.web import Web

Debt = tuple[Any, ...]  # what kind it is of, and of what
Ask = Callable[..., Awaitable[Callable[[], object]]]  # brings what is to be done with the answer


class Owing(Acking):
    web: Web

    def __init__(self, person: Person, url: str):
        super().__init__(person, url)
        self.debts: dict[Debt, int] = {}
        self._paying: dict[Debt, asyncio.Task[None]] = {}

    @abstractmethod
    def _kinds(self) -> dict[str, Ask]:
        """How each kind is asked for."""

    def owe(self, *debt: Any) -> None:
        """Ask for it; if it is on its way, the answer may be too old, and it is asked for once more."""
        self.debts[debt] = self.debts.get(debt, 0) + 1
        self._pay(debt)

    def pay(self) -> None:
        for debt in [*self.debts]:
            self._pay(debt)

    def _pay(self, debt: Debt) -> None:
        if self.connected and (debt not in self._paying or self._paying[debt].done()):
            self._paying[debt] = asyncio.create_task(self._paid(debt))

    async def _paid(self, debt: Debt) -> None:
        ask = self._kinds()[debt[0]]
        with suppress(ConnectionError):
            while debt in self.debts:
                asked = self.debts[debt]
                take = await self._answer(ask, debt)
                if self.debts.get(debt) == asked:
                    del self.debts[debt]
                    take()

    async def _answer(self, ask: Ask, debt: Debt) -> Callable[[], object]:
        """Refused is what is not mine any more; whatever has changed so is told, and then it is asked for again."""
        try:
            return await ask(*debt[1:])
        except Refused:
            return lambda: None

    async def _ended(self) -> None:
        for task in self._paying.values():
            task.cancel()
        await asyncio.gather(*self._paying.values(), return_exceptions=True)
        self._paying.clear()
        await super()._ended()

    async def get(self, path: str) -> Json:
        status, found = await self.web.read(self.person, path)
        if status >= 400:
            raise Refused(found)
        answer: Json = found
        return answer
