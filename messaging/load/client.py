"""A client process: it plays the members of some conversations. No Django here, so that it starts at once."""

import asyncio
import gc
import os
import time
from multiprocessing.connection import Connection
from typing import Protocol

import picows
import uvloop

from messaging.load import wire
from messaging.load.plan import Plan, Tally, Window
from messaging.load.sockets import Socket, Stage

CONNECTING = 32
WELCOME_SECONDS, QUIET_SECONDS, LINGER_SECONDS = 60, 10, 1


class Ready(Protocol):
    async def __call__(self) -> Window: ...


async def play(plan: Plan, ready: Ready) -> Tally:
    """Connect everybody, wait for `ready`, send while the window lasts, wait until all is quiet."""
    tally = Tally()
    stages = [Stage(room, plan, tally) for room in plan.rooms]
    sockets = [socket for stage in stages for socket in stage.sockets]
    try:
        await _connect(plan.url, sockets)
        window = await ready()
        for stage in stages:
            stage.begin(window)
        await asyncio.sleep(max(0, window.closes - time.monotonic_ns()) / 1e9)
        await _settle(stages)
        tally.rooms = [stage.seen() for stage in stages]
    finally:
        for socket in sockets:
            socket.leave()
    return tally


async def _connect(url: str, sockets: list[Socket]) -> None:
    places = asyncio.Semaphore(CONNECTING)
    headers = {"Sec-WebSocket-Protocol": wire.SUBPROTOCOL}

    async def connect(socket: Socket) -> None:
        async with places:
            await picows.ws_connect(lambda: socket, url, extra_headers=headers, websocket_handshake_timeout=30)
            await asyncio.wait_for(socket.welcomed, WELCOME_SECONDS)

    async with asyncio.TaskGroup() as group:
        for socket in sockets:
            group.create_task(connect(socket))


async def _settle(stages: list[Stage]) -> None:
    """Until everything has come, and a little longer, since a second copy may follow."""
    for _ in range(QUIET_SECONDS * 20):
        if all(stage.is_quiet() for stage in stages):
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(LINGER_SECONDS)


def main(plan: Plan, parent: Connection) -> None:
    """The client process: says None when all are connected, hears the window, answers with the tally or a sentence."""
    if plan.core is not None:
        os.sched_setaffinity(0, {plan.core})
    gc.disable()

    async def ready() -> Window:
        parent.send(None)
        window: Window = await asyncio.to_thread(parent.recv)
        return window

    try:
        parent.send(uvloop.run(play(plan, ready)))
    except (OSError, picows.WSHandshakeError, ExceptionGroup, EOFError) as e:
        parent.send(_sentence(e))
    except KeyboardInterrupt:
        return


def _sentence(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
