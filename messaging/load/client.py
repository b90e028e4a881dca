"""A client process: it plays the people of a scenario. No Django here, so that it starts at once."""

import asyncio
import gc
import os
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection as Pipe
from typing import Any

import picows
import uvloop

from messaging.load import wire
from messaging.load.connection import Connection
from messaging.load.plan import Job, Window

CONNECTING = 32
WELCOME_SECONDS, QUIET_SECONDS, LINGER_SECONDS = 60, 10, 1
HEADERS = {"Sec-WebSocket-Protocol": wire.SUBPROTOCOL}


async def arrive(url: str, connection: Connection) -> None:
    """Connect and be welcomed."""
    await picows.ws_connect(lambda: connection, url, extra_headers=HEADERS, websocket_handshake_timeout=30)
    await asyncio.wait_for(connection.welcomed, WELCOME_SECONDS)


async def connect(url: str, connections: Iterable[Connection]) -> None:
    """All of them, a few at a time."""
    places = asyncio.Semaphore(CONNECTING)

    async def take_place(connection: Connection) -> None:
        async with places:
            await arrive(url, connection)

    async with asyncio.TaskGroup() as group:
        for connection in connections:
            group.create_task(take_place(connection))


async def visit(url: str, connection: Connection) -> bool:
    """Arrive in the middle of a run, where a failure is an error to be counted. Says whether it went well."""
    try:
        await arrive(url, connection)
    except (OSError, picows.WSHandshakeError) as e:
        if not connection.welcomed.done() or connection.welcomed.cancelled():
            connection.fail(sentence(e))
        connection.leave()
        return False
    return True


async def settle(is_quiet: Callable[[], bool]) -> None:
    """Until everything has come, and a little longer, since a second copy may follow."""
    for _ in range(QUIET_SECONDS * 20):
        if is_quiet():
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(LINGER_SECONDS)


def main(job: Job[Any], parent: Pipe) -> None:
    """The client process: says None when all is prepared, hears the window, answers with the tally or a sentence."""
    _prepare(job)

    async def ready() -> Window:
        parent.send(None)
        window: Window = await asyncio.to_thread(parent.recv)
        return window

    async def played() -> object:
        return await job.play(job.plan, ready)

    try:
        parent.send(uvloop.run(played()))
    except (OSError, picows.WSHandshakeError, ExceptionGroup, EOFError) as e:
        parent.send(sentence(e))
    except KeyboardInterrupt:
        return


def _prepare(job: Job[Any]) -> None:
    if job.core is not None:
        os.sched_setaffinity(0, {job.core})
    if not job.collects:
        gc.disable()


def sentence(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
