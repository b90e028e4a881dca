"""The client's side of `pairs` and `group`."""

import asyncio
import time

from messaging.load import client
from messaging.load.plan import Ready
from messaging.load.talk.plan import Plan, Tally
from messaging.load.talk.sockets import Stage


async def play(plan: Plan, ready: Ready) -> Tally:
    """Connect everybody, wait for `ready`, send while the window lasts, wait until all is quiet."""
    tally = Tally()
    stages = [Stage(room, plan, tally) for room in plan.rooms]
    sockets = [socket for stage in stages for socket in stage.sockets]
    try:
        await client.connect(plan.url, sockets)
        window = await ready()
        for stage in stages:
            stage.begin(window)
        await asyncio.sleep(max(0, window.closes - time.monotonic_ns()) / 1e9)
        await client.settle(lambda: all(stage.is_quiet() for stage in stages))
        tally.rooms = [stage.seen() for stage in stages]
    finally:
        for socket in sockets:
            socket.leave()
    return tally
