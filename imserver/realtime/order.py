"""The order in which each conversation reaches this process's sockets.

The last delivered rev of a conversation is kept. What comes next is delivered, what is older dropped; a gap waits 50 ms
and is then filled from the store. A conversation that is not known is delivered as it comes, since every client checks
`prev` itself; only a group is first opened at its head, so that a removal, which is an entry of the group, always comes
before any later entry.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

from imserver.realtime.bulletin import Entries, Ring, last_seq, trim

logger = logging.getLogger(__name__)
GAP_SECONDS = 0.05
RETRY_SECONDS, RETRIES = 0.5, 40
LONGEST_FILL = 200
KNOWN = 100_000


class Answer(Protocol):
    """An `ok` that takes its turn."""

    rev: int

    def give(self, prev: int) -> None: ...

    def fail(self) -> None: ...


Deliver = Callable[[Iterable[str], Entries, Sequence[Any]], None]
Fetch = Callable[[str, int, int], Awaitable[list[bytes]]]


class Waiting:
    """What came too early. `wanted` is the rev that must be reached; while `opening` the head is not known yet."""

    def __init__(self, *, opening: bool):
        self.opening = opening
        self.topics: set[str] = set()
        self.entries: dict[int, tuple[Entries, Sequence[Answer]]] = {}
        self.wanted = 0

    def add(self, entries: Entries, answers: Sequence[Answer]) -> None:
        held, asked = self.entries.get(entries.prev, (entries, ()))  # a repeated key is told again by REST
        self.entries[entries.prev] = (max(held, entries, key=lambda one: one.last_rev), [*asked, *answers])
        self.wanted = max(self.wanted, entries.last_rev)


class Order:
    def __init__(self, deliver: Deliver, fetch: Fetch, broken: Callable[[Iterable[str]], None]):
        self.known: dict[str, int] = {}
        self._deliver, self._fetch, self._broken = deliver, fetch, broken
        self._waiting: dict[str, Waiting] = {}
        self._opened: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def opening(self, conversation: str) -> None:
        """Hold a group's entries until its head is known."""
        self._waiting.setdefault(conversation, Waiting(opening=True))

    def open(self, conversation: str, rev: int) -> None:
        waiting = self._waiting.get(conversation)
        if waiting is None or not waiting.opening:
            return
        waiting.opening = False
        self.known[conversation] = rev
        self._opened.add(conversation)
        self._drain(conversation, waiting)
        if conversation in self._waiting:
            self._fill_later(conversation, waiting)

    def forget(self, conversation: str) -> None:
        self.known.pop(conversation, None)
        self._opened.discard(conversation)
        if waiting := self._waiting.pop(conversation, None):
            self._fail(waiting)

    def take(self, topics: Sequence[str], entries: Entries, answers: Sequence[Answer] = ()) -> None:
        """Deliver entries in their turn."""
        conversation = entries.conversation
        if waiting := self._waiting.get(conversation):
            waiting.topics.update(topics)
            waiting.add(entries, answers)
            self._drain(conversation, waiting)
            return
        last = self.known.get(conversation)
        if last is None or entries.prev <= last:
            self._advance(topics, entries, answers)
        else:
            self._wait(topics, conversation).add(entries, answers)

    def ring(self, topics: Iterable[str], ring: Ring) -> None:
        """These revs are stored: see to it that they are delivered."""
        waiting = self._waiting.get(ring.conversation)
        if waiting is None:
            if self.known.setdefault(ring.conversation, ring.first_rev - 1) >= ring.last_rev:
                return
            waiting = self._wait(topics, ring.conversation)
        waiting.topics.update(topics)
        waiting.wanted = max(waiting.wanted, ring.last_rev)

    def _advance(self, topics: Iterable[str], entries: Entries, answers: Sequence[Answer]) -> None:
        last = self.known.get(entries.conversation)
        if last is not None and entries.last_rev <= last:
            for answer in answers:
                answer.give(answer.rev - 1)
            return
        if last is None and len(self.known) > KNOWN:
            self._prune()
        self.known[entries.conversation] = entries.last_rev
        self._deliver(topics, entries if last is None else trim(entries, last), answers)

    def _prune(self) -> None:
        for conversation in [name for name in self.known if name not in self._opened][: KNOWN // 2]:
            del self.known[conversation]

    def _wait(self, topics: Iterable[str], conversation: str) -> Waiting:
        waiting = self._waiting[conversation] = Waiting(opening=False)
        waiting.topics.update(topics)
        self._fill_later(conversation, waiting)
        return waiting

    def _drain(self, conversation: str, waiting: Waiting) -> None:
        """Deliver what is no longer too early."""
        while not waiting.opening and waiting.entries and min(waiting.entries) <= self.known.get(conversation, 0):
            entries, answers = waiting.entries.pop(min(waiting.entries))
            self._advance(waiting.topics, entries, answers)
        if not waiting.opening and not waiting.entries and self.known.get(conversation, 0) >= waiting.wanted:
            self._waiting.pop(conversation, None)

    def _fill_later(self, conversation: str, waiting: Waiting) -> None:
        task = asyncio.get_running_loop().create_task(self._fill(conversation, waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fill(self, conversation: str, waiting: Waiting) -> None:
        await asyncio.sleep(GAP_SECONDS)
        tries = 0
        while self._waiting.get(conversation) is waiting:
            last, upto = self._stretch(conversation, waiting)
            try:
                items = await self._fetch(conversation, last + 1, upto)
            except Exception:
                logger.exception("Entries %s..%s of %s could not be read", last + 1, upto, conversation)
                items = []
            tries += 1
            if items:
                tries = 0
                self._advance(waiting.topics, Entries(conversation, last, items, last_seq(items), plain=False), ())
            elif tries > RETRIES:
                self._give_up(conversation, waiting)
                return
            else:
                await asyncio.sleep(RETRY_SECONDS)
            self._drain(conversation, waiting)

    def _stretch(self, conversation: str, waiting: Waiting) -> tuple[int, int]:
        """What to read next, as (after, upto). Of a long gap a group reads page by page, since a removal may be in it;
        in any other conversation the clients see the gap and pull."""
        last, upto = self.known.get(conversation, 0), min(waiting.entries, default=waiting.wanted)
        if upto - last <= LONGEST_FILL:
            return last, upto
        if conversation in self._opened:
            return last, last + LONGEST_FILL
        return upto - 1, upto

    def _give_up(self, conversation: str, waiting: Waiting) -> None:
        """The store cannot say what is missing: the clients start again from what it has."""
        self._waiting.pop(conversation, None)
        self.known.pop(conversation, None)
        self._fail(waiting)
        self._broken(waiting.topics)

    def _fail(self, waiting: Waiting) -> None:
        for _, answers in waiting.entries.values():
            for answer in answers:
                answer.fail()
