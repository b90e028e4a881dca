"""What a scenario is to those who run it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic
from urllib.parse import urljoin

from messaging.load.conduct import Measured
from messaging.load.options import Options
from messaging.load.plan import Job, T
from messaging.load.report import Verdict

PATH = "/v1/ws"


@dataclass(frozen=True)
class Scenario(Generic[T]):
    jobs: Callable[[Options, list[int | None]], list[Job[T]]]
    """Makes people and what else is needed, and work for each client process, on these cores."""
    verdict: Callable[[Options, Measured[T]], Verdict]


def address(options: Options) -> str:
    return urljoin(options.url, PATH)


def web(options: Options) -> str:
    """The same servers over HTTP: `http` for `ws`, `https` for `wss`."""
    return options.url.replace("ws", "http", 1)
