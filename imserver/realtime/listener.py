"""Who the hub speaks to: sockets, senders who wait for their answer, and the log."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

Arrived = tuple[tuple[str, int], ...]  # (conversation, seq): messages up to there


class Listener(Protocol):
    """A socket, as the hub sees it."""

    user: str
    session: str
    topics: set[str]

    def push(self, body: bytes, arrived: Arrived = (), *, droppable: bool = False) -> None:
        """Send a frame; once it is acknowledged, these messages have arrived."""

    def close(self, code: int) -> None: ...


class Answer(Protocol):
    """An `ok` that takes its turn in the stream of its conversation."""

    rev: int
    socket: Listener

    def give(self, prev: int) -> None: ...

    def fail(self) -> None: ...


class Store(Protocol):
    """What the hub asks of the log."""

    async def between(self, conversation: str, first_rev: int, last_rev: int) -> list[bytes]:
        """Spelled entries, for every listener of the conversation."""

    async def groups_of(self, users: Sequence[UUID]) -> Mapping[str, Sequence[str]]:
        """The groups of each of these people."""

    async def groups(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str, int]]:
        """(user, group, rev) for those of these (user, group) that are members now."""

    async def changed(self, users: Sequence[str], seconds: float) -> list[tuple[str, tuple[str, ...], int]]:
        """(conversation, its topics, rev) of these people's conversations that moved within the last seconds."""
