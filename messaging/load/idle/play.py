"""The client's side of `idle`."""

import asyncio
import time

import picows

from messaging.load import client
from messaging.load.connection import Connection
from messaging.load.idle.plan import Plan, Tally
from messaging.load.plan import Ready, Window


async def play(plan: Plan, ready: Ready) -> Tally:
    """Some are there before the window opens; all others come as it does, and everybody stays until it closes."""
    tally = Tally()
    first = [Connection(hello, tally) for hello in plan.first]
    others = [Connection(hello, tally) for hello in plan.others]
    try:
        await client.connect(plan.url, first)
        window = await ready()
        await asyncio.sleep(max(0, window.opens - time.monotonic_ns()) / 1e9)
        await _come(plan.url, others, window, tally)
        await asyncio.sleep(max(0, window.closes - time.monotonic_ns()) / 1e9)
    finally:
        for each in (*first, *others):
            each.leave()
    tally.errors = +tally.errors
    return tally


async def _come(url: str, connections: list[Connection], window: Window, tally: Tally) -> None:
    try:
        await client.connect(url, connections)
    except* (OSError, picows.WSHandshakeError) as e:
        tally.errors[client.sentence(e)] += 1
    if time.monotonic_ns() >= window.closes:
        tally.errors["not all were there before the window closed"] += 1
    tally.came = sum(each.welcomed.done() and each.welcomed.exception() is None for each in connections)
