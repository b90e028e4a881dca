"""The socket door: whose coming and going a client shows."""

from uuid import UUID

import msgspec
from django.conf import settings

from friends.errors import TooManyWatched
from friends.presence import Watching
from imserver.gateway.socket import Call
from imserver.realtime.hub import Hub


class Watch(msgspec.Struct):
    users: list[UUID]


class Presence:
    """One gateway's share of it."""

    def __init__(self, hub: Hub):
        self._hub, self._watching = hub, Watching(hub)

    def start(self) -> None:
        self._watching.start()

    async def stop(self) -> None:
        await self._watching.stop()

    async def watch(self, call: Call, data: Watch) -> None:
        """These people, instead of those named before. What is to be seen of them follows in a `presence` frame."""
        users = {str(user) for user in data.users}
        if len(users) > settings.LIMITS["watched"]:
            raise TooManyWatched
        await self._hub.watch(call.socket, users)
        call.ok(b"{}")
        self._watching.begin(call.socket, users)
