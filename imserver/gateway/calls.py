"""A command on its way: who asked, under which id, and how to answer."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints
from uuid import UUID

import msgspec
from django.utils.module_loading import import_string

from imserver.commands import ARRIVED, COMMANDS
from imserver.errors import DomainError
from imserver.gateway import protocol
from imserver.realtime.hub import Arrived, Hub

if TYPE_CHECKING:
    from imserver.gateway.consumer import Socket


class Call:
    """Answer once: `ok`, `numbered`, `error` or `done`."""

    __slots__ = ("id", "socket")

    def __init__(self, socket: "Socket", call_id: bytes):
        self.socket = socket
        self.id = call_id

    def ok(self, data: bytes) -> None:
        self.socket.answer(protocol.reply(b"ok", self.id, data))

    def numbered(self, kind: bytes, data: bytes, arrived: Arrived = ()) -> None:
        """An answer that is acknowledged, which means that the messages it names have arrived."""
        self.socket.done()
        self.socket.push(protocol.numbered(kind, data, self.id), arrived)

    def error(self, problem: DomainError) -> None:
        self.socket.answer(protocol.error(self.id, problem))

    def done(self) -> None:
        """No answer belongs to this command."""
        self.socket.done()


class Command(NamedTuple):
    decode: Callable[[msgspec.Raw], Any]
    run: Callable[[Call, Any], Any]
    waits: bool


@cache
def owners() -> dict[str, type]:
    """The classes that the table names. Raises ImportError for a path that leads nowhere."""
    return {path.rpartition(".")[0]: import_string(path.rpartition(".")[0]) for path in (*COMMANDS.values(), ARRIVED)}


def command(method: Callable[..., Any]) -> Command:
    struct = get_type_hints(method)["data"]
    return Command(msgspec.json.Decoder(struct).decode, method, inspect.iscoroutinefunction(method))


class Bound(NamedTuple):
    """The table for one gateway, and the services behind it (each with `start` and `stop`)."""

    commands: dict[str, Command]
    arrived: Callable[[UUID, dict[str, int]], None]
    services: list[Any]


def bind(hub: Hub) -> Bound:
    made = {path: owner(hub) for path, owner in owners().items()}

    def method(path: str) -> Callable[..., Any]:
        owner, _, name = path.rpartition(".")
        found: Callable[..., Any] = getattr(made[owner], name)
        return found

    return Bound({name: command(method(path)) for name, path in COMMANDS.items()}, method(ARRIVED), list(made.values()))
