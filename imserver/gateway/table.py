"""The command table, bound to one gateway."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, get_type_hints
from uuid import UUID

import msgspec
from django.utils.module_loading import import_string

from imserver.commands import ARRIVED, COMMANDS, GONE
from imserver.gateway.socket import Command
from imserver.realtime.hub import Hub


@cache
def owners() -> dict[str, type]:
    """The classes that the table names. Raises ImportError for a path that leads nowhere."""
    named = {path.rpartition(".")[0] for path in (*COMMANDS.values(), ARRIVED, GONE)}
    return {owner: import_string(owner) for owner in sorted(named)}


def command(method: Callable[..., Any]) -> Command:
    struct = get_type_hints(method)["data"]
    return Command(msgspec.json.Decoder(struct).decode, method, inspect.iscoroutinefunction(method))


class Bound(NamedTuple):
    """The table for one gateway, and the services behind it (each with `start` and `stop`)."""

    commands: dict[str, Command]
    arrived: Callable[[UUID, dict[str, int]], None]
    gone: Callable[[UUID, UUID], None]
    services: list[Any]


def bind(hub: Hub) -> Bound:
    made = {path: owner(hub) for path, owner in owners().items()}

    def method(path: str) -> Callable[..., Any]:
        owner, _, name = path.rpartition(".")
        found: Callable[..., Any] = getattr(made[owner], name)
        return found

    commands = {name: command(method(path)) for name, path in COMMANDS.items()}
    return Bound(commands, method(ARRIVED), method(GONE), list(made.values()))
