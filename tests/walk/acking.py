"""Acknowledging as clients do: several frames at once, after a while; or not at all, while a device sleeps."""

import asyncio
from contextlib import suppress
from typing import Any

import websockets

from tests.knowledge import Json
from tests.make import Person
from tests.phone import Phone

ACK_FRAMES, ACK_SECONDS = 16, 0.3


class Acking(Phone):
    def __init__(self, person: Person, url: str):
        super().__init__(person, url)
        self.awake, self.acking = True, False  # not each frame by itself
        self._frame = self._acked = 0
        self._ack_timer: asyncio.TimerHandle | None = None

    async def open(self, url: str | None = None, **options: Any) -> None:
        self._frame = self._acked = 0
        await super().open(url, **options)

    async def _take(self, frame: Json) -> None:
        self._frame = frame.get("frame", self._frame)
        await super()._take(frame)
        if frame["type"] == "ping":
            await self.tell("pong", {})
        if self._frame - self._acked >= ACK_FRAMES:
            await self.acknowledge()
        elif self._frame > self._acked and self._ack_timer is None:
            self._ack_timer = asyncio.get_running_loop().call_later(ACK_SECONDS, self._ack_soon)

    def _ack_soon(self) -> None:
        self._ack_timer = None
        self._acks = asyncio.get_running_loop().create_task(self.acknowledge())

    async def acknowledge(self) -> None:
        if self.awake and self.connected and self._frame > self._acked:
            self._acked = self._frame
            with suppress(websockets.ConnectionClosed):
                await self.tell("ack", {"frame": self._frame})

    async def _ended(self) -> None:
        if self._ack_timer:
            self._ack_timer.cancel()
            self._ack_timer = None
        await super()._ended()
