"""The client's side of the scenarios over HTTP."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping

import httpx2
import msgspec

from messaging.load.client import QUIET_SECONDS, sentence
from messaging.load.plan import NS_PER_TICK, Ready, Window
from messaging.load.rest.plan import Caller, Plan, Tally

PAUSE_SECONDS = 0.1


async def play(plan: Plan, ready: Ready) -> Tally:
    """While the window lasts all callers ask in turn, some at once, over connections that stay."""
    tally = Tally()
    waiting = deque(plan.callers)
    places = min(plan.at_once, len(waiting))
    limits = httpx2.Limits(max_connections=places, max_keepalive_connections=places)
    window = await ready()
    async with httpx2.AsyncClient(base_url=plan.url, limits=limits, timeout=QUIET_SECONDS, trust_env=False) as web:

        async def one_after_the_other() -> None:
            while time.monotonic_ns() < window.closes:
                caller = waiting.popleft()
                await _ask(web, caller, tally, window)
                waiting.append(caller)

        async with asyncio.TaskGroup() as group:
            for _ in range(places):
                group.create_task(one_after_the_other())
    for caller in plan.callers:
        tally.wrote.update(caller.wrote())
    tally.errors = +tally.errors
    return tally


async def _ask(web: httpx2.AsyncClient, caller: Caller, tally: Tally, window: Window) -> None:
    asked = caller.ask()
    began = time.monotonic_ns()
    try:
        answer = await web.request(asked.method, asked.path, content=asked.body, headers=_headers(caller))
    except httpx2.HTTPError as e:
        tally.errors[sentence(e)] += 1
        await asyncio.sleep(PAUSE_SECONDS)
        return
    now = time.monotonic_ns()
    if _is_right(answer, caller, tally) and window.holds(now):
        tally.answered += 1
        tally.answer[(now - began) // NS_PER_TICK] += 1


def _headers(caller: Caller) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}


def _is_right(answer: httpx2.Response, caller: Caller, tally: Tally) -> bool:
    if answer.status_code != caller.status:
        tally.errors[f"status {answer.status_code}"] += 1
        return False
    try:
        right = caller.is_right(answer.content)
    except msgspec.DecodeError as e:
        tally.errors[f"not an answer of the API: {e}"] += 1
        return False
    tally.wrong += not right
    return right
