"""The command line of `manage.py load`."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from messaging.load.wire import DIGITS

LARGEST_TEXT = 8_000
MOST_SAID, PAGE = 1_000, 200
"""Conversations of which a hello of 64 KiB can speak, and a welcome does."""
SCENARIOS = {
    "pairs": "two people each write to each other",
    "group": "everybody hears everybody",
    "presence": "people come and go before the eyes of others",
    "resume": "devices come back and catch up",
    "idle": "devices are there and silent",
    "rest-list": "people list their conversations over HTTP",
    "rest-history": "people read pages of one long conversation over HTTP",
    "rest-send": "people send over HTTP",
}


@dataclass(frozen=True)
class Options:
    scenario: str
    pairs: int
    groups: int
    members: int
    people: int
    watchers: int
    watched: int
    comings: int
    users: int
    conversations: int
    behind: int
    history: int
    at_once: int
    in_flight: int
    seconds: int
    warm_up: int
    size: int
    processes: int
    relay: bool
    url: str
    server_pids: list[int]
    relay_pids: list[int]
    redis_pids: list[int]
    json: bool

    @property
    def is_group(self) -> bool:
        return self.scenario == "group"

    @property
    def rooms(self) -> int:
        return self.groups if self.is_group else self.pairs

    @property
    def seats(self) -> int:
        return self.members if self.is_group else 2


def add_to(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("scenario", choices=SCENARIOS, help="; ".join(f"{name}: {what}" for name, what in SCENARIOS.items()))
    add("--pairs", type=_at_least(1), default=50, help="conversations of two")
    add("--groups", type=_at_least(1), default=10)
    add("--members", type=_at_least(2), default=50, help="of each group; all are online")
    add("--people", type=_at_least(1), default=10_000, help="who come and go")
    add("--watchers", type=_at_least(1), default=50)
    add("--watched", type=_at_least(1), default=200, help="of the people, by each watcher")
    add("--comings", type=_at_least(1), default=200, help="of people, a second; they stay for 2 s on average")
    add("--users", type=_at_least(1), default=200, help="who come back or ask, in turn, or are there")
    add("--conversations", type=_at_least(1, MOST_SAID), default=200, help="of each user")
    add("--behind", type=_at_least(0, PAGE), default=5, help="of them have messages that his device lacks")
    add("--history", type=_at_least(PAGE, 10_000_000), default=10_000, help="messages of the long conversation")
    add("--at-once", type=_at_least(1), default=32, help="users who are about to come back, or ask")
    add("--in-flight", type=_at_least(1), default=8, help="unanswered messages of each pair or group")
    add("--seconds", type=_at_least(1, 600), default=10, help="of the measured window")
    add("--warm-up", type=_at_least(0, 60), default=2, help="seconds of the same load before the window")
    add("--size", type=_at_least(DIGITS, LARGEST_TEXT), default=256, help="bytes of each text")
    add("--processes", type=_at_least(1), default=1, help="client processes; each on a core of its own if there is one")
    add("--relay", action="store_true", help="also a Celery worker that hosts the relay")
    add("--url", default="", help="ws://host:port of servers that run already, on the databases of this environment")
    add("--server-pids", type=_pids, default=[], help="with --url: pids of those servers, for CPU and memory")
    add("--relay-pids", type=_pids, default=[], help="likewise of the workers that host the relay")
    add("--redis-pids", type=_pids, default=[], help="likewise of Redis; PostgreSQL is found by itself")
    add("--json", action="store_true", help="print the line of JSON only")


def _at_least(least: int, most: int = 1_000_000) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
        return int(text)

    return number


def _pids(text: str) -> list[int]:
    return [int(pid) for pid in text.split(",") if pid]


def parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser("load", description="Measure the server and check what it delivers.")
    add_to(parser)
    return Options(**vars(parser.parse_args(arguments)))
