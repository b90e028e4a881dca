"""One gateway process: its hub, its services, and the clock that watches over all sockets at once."""

import asyncio
import logging
import random
import time
from collections import Counter
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils.module_loading import import_string

from imserver import commands, database
from imserver.gateway import protocol, table
from imserver.gateway.protocol import Close
from imserver.gateway.session import Session
from imserver.gateway.socket import Command, Socket
from imserver.gateway.wire import Turn
from imserver.realtime.hub import Hub
from imserver.realtime.layer import Bus

logger = logging.getLogger(__name__)
HELLO_SECONDS, EXPIRING_SECONDS = 10.0, 60.0
REVOKED_SECONDS = 15.0
PING = settings.LIMITS["ping_s"]


class Gateway:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.turn = Turn()
        store = import_string(commands.STORE)
        self.hub = Hub(store, cast(Bus, get_channel_layer()))
        self.apps = table.bind(self.hub)
        self.session = Session(self.hub, store, self.apps.arrived)
        self.sockets: set[Socket] = set()
        self._addresses: Counter[str] = Counter()
        self.draining = False
        self._jobs: list[asyncio.Task[None]] = []

    def now(self) -> float:
        return self.loop.time()

    async def start(self) -> None:
        for service in self.apps.services:
            service.start()
        try:
            await self.hub.line.start()
        except TimeoutError:
            logger.warning("Redis is away; this gateway serves its own sockets and goes on trying.")
        self._jobs = [self.loop.create_task(job()) for job in (self._watch, self._revocations)]

    async def stop(self) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        for failed in await asyncio.gather(*(one.stop() for one in self.apps.services), return_exceptions=True):
            if failed:
                logger.error("A service did not end well: %r", failed)
        await self.hub.line.stop()
        await database.close()

    # --- sockets ----------------------------------------------------------------------------------

    def command(self, socket: Socket, name: str) -> Command | None:
        """What this socket may ask for now: hello, and the rest once it is welcome."""
        if socket.held is None:
            return self.apps.commands.get(name) or self.session.commands.get(name)
        return self.session.greeting.get(name) if not socket.user else None

    def admit(self, address: str) -> bool:
        return not self.draining and self._addresses[address] < settings.LIMITS["sockets_per_address"]

    def opened(self, socket: Socket) -> None:
        self.sockets.add(socket)
        self._addresses[socket.address] += 1

    async def gone(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        self._addresses[socket.address] -= 1
        if not self._addresses[socket.address]:
            del self._addresses[socket.address]
        if socket.held is None:  # it was welcome
            self.apps.gone(socket.user_id, UUID(socket.session))
        await self.hub.leave(socket)

    async def drain(self) -> None:
        """Ask every client to come back elsewhere, spread over time; then close what is left."""
        self.draining = True
        seconds = settings.DRAIN_SECONDS
        for socket in tuple(self.sockets):
            wait = random.randrange(max(int(seconds * 500), 1))  # noqa: S311
            socket.push(protocol.numbered(b"goaway", protocol.dumps({"retry_after_ms": wait})))
        deadline = self.now() + seconds
        while self.sockets and self.now() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        for socket in tuple(self.sockets):
            socket.close(Close.DRAIN)
        await asyncio.sleep(0.1)

    # --- the clock --------------------------------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1)
            now, wall = self.now(), time.time()
            for socket in tuple(self.sockets):
                self._look_after(socket, now, wall)

    def _look_after(self, socket: Socket, now: float, wall: float) -> None:
        if not socket.user:
            if now - socket.opened_at > HELLO_SECONDS:  # perhaps it was we who stood still: it may come again
                socket.close(Close.NO_PONG)
        elif wall > socket.expires_at:
            socket.close(Close.REAUTHENTICATE)
        elif now - socket.ponged_at > 2 * PING + 5:
            socket.close(Close.NO_PONG)
        else:
            self._remind(socket, now, wall)

    def _remind(self, socket: Socket, now: float, wall: float) -> None:
        if socket.held is not None:  # not welcome yet
            return
        if now >= socket.next_ping:
            socket.next_ping = now + PING
            socket.push(protocol.numbered(b"ping", b"{}"))
        if not socket.expiring and wall > socket.expires_at - EXPIRING_SECONDS:
            socket.expiring = True
            socket.push(protocol.numbered(b"auth.expiring", protocol.dumps({"at": protocol.moment(socket.expires_at)})))

    async def _revocations(self) -> None:
        """The table is read each second, so that a notice lost by Redis loses nothing."""
        revoked: Any = import_string(commands.REVOKED)
        read_at = self.now()
        while True:
            await asyncio.sleep(1)
            began = self.now()
            try:
                found = await revoked(began - read_at + REVOKED_SECONDS)
            except Exception as e:
                logger.warning("Revocations could not be read: %s", e)
                continue
            read_at = began
            for session, code in found:
                self.hub.revoke([str(session)], code)


_gateways: WeakKeyDictionary[asyncio.AbstractEventLoop, "asyncio.Task[Gateway]"] = WeakKeyDictionary()


async def current() -> Gateway:
    """The gateway of this loop, started on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _gateways:
        _gateways[loop] = loop.create_task(_started())
    return await asyncio.shield(_gateways[loop])


async def _started() -> Gateway:
    gateway = Gateway()
    await gateway.start()
    return gateway
