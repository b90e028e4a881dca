"""The client's side of `resume`."""

import asyncio
import time
from collections import deque

from messaging.load import client
from messaging.load.plan import Ready, Window
from messaging.load.resume.device import Device
from messaging.load.resume.plan import Plan, Returning, Tally

PAUSE_SECONDS = 0.1


async def play(plan: Plan, ready: Ready) -> Tally:
    """While the window lasts all devices come back in turn, some at once; each time as far behind as before."""
    tally = Tally()
    waiting = deque(plan.devices)
    window = await ready()

    async def one_after_the_other() -> None:
        while time.monotonic_ns() < window.closes:
            known = waiting.popleft()
            await _resume(plan.url, known, tally, window)
            waiting.append(known)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(plan.at_once, len(plan.devices))):
            group.create_task(one_after_the_other())
    tally.errors = +tally.errors
    return tally


async def _resume(url: str, known: Returning, tally: Tally, window: Window) -> None:
    device = Device(known, tally)
    if not await client.visit(url, device):
        await asyncio.sleep(PAUSE_SECONDS)
        return
    try:
        await asyncio.wait_for(device.caught_up, client.QUIET_SECONDS)
    except TimeoutError:
        device.fail("not caught up in time")
    device.note(window)
    device.acknowledge()
    device.leave()
