"""A server that says who comes and goes, and can be told to do one thing wrong."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.load.fake import Client

Item = dict[str, Any]
Fault = Callable[["Watched", Client, Item], Awaitable[None]]


async def tell(_server: "Watched", watcher: Client, item: Item) -> None:
    await watcher.say({"type": "presence", "data": {"items": [item]}})


@dataclass
class Watched:
    fault: Fault = tell
    """How the first watcher hears that somebody has come."""
    refuses: bool = False
    here: set[str] = field(default_factory=set)
    watches: dict[str, tuple[Client, list[str]]] = field(default_factory=dict)
    most: int = 0

    async def talk(self, link: ServerConnection) -> None:
        user = json.loads(await link.recv())["data"]["token"]
        client = Client(link, user)
        await client.say({"type": "welcome", "id": 0, "data": {"heads": [], "limits": {"presence_grace_s": 0}}})
        self.here.add(user)
        self.most = max(self.most, len(self.here))
        await self.moved(user, online=True)
        try:
            async for text in link:
                await self.hear(client, json.loads(text))
        except ConnectionClosed:
            pass
        self.here.discard(user)
        self.watches.pop(user, None)
        await self.moved(user, online=False)

    async def hear(self, client: Client, frame: dict[str, Any]) -> None:
        if frame["type"] != "presence.watch":
            return None
        if self.refuses:
            return await client.answer(frame["id"], {"type": "error", "data": {"code": "denied"}})
        users = frame["data"]["users"]
        self.watches[client.user] = client, users
        await client.answer(frame["id"], {"type": "ok", "data": {}})
        items = [{"user": user, "online": user in self.here} for user in users]
        return await client.say({"type": "presence", "data": {"items": items}})

    async def moved(self, user: str, *, online: bool) -> None:
        for number, (watcher, users) in enumerate(list(self.watches.values())):
            if user in users:
                fault = self.fault if online and number == 0 else tell
                try:
                    await fault(self, watcher, {"user": user, "online": online})
                except ConnectionClosed:
                    continue
