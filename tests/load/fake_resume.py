"""A server that a device comes back to, and that can be told to do one thing wrong."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from messaging.load import wire
from messaging.load.resume.plan import Gap, Returning
from tests.load.fake import Client

Body = dict[str, Any]
Fault = Callable[[Body], Body]
HEAD, MISSED = 9, 3
"""The rev of every conversation, and how many entries of it a device lacks."""


def key(conversation: str, rev: int) -> str:
    return f"{conversation}.{rev}"


def returning(user: str, *conversations: str) -> Returning:
    cursor = HEAD - MISSED
    keys = {name: [key(name, rev) for rev in range(cursor + 1, HEAD + 1)] for name in conversations}
    gaps = [Gap(name, cursor, keys[name], [HEAD, 0, 4, 5]) for name in conversations]
    said: dict[str, list[int | None]] = {name: [cursor, 0, 4, 5] for name in conversations}
    return Returning(wire.hello(user, "e", {**said, "quiet": [1, 0, None, None]}), gaps)


@dataclass
class Store:
    page: int = 200
    welcomed: Fault = dict
    """What becomes of the data of a welcome, and of a page of entries."""
    pulled: Fault = dict
    closes: bool = False
    clients: list[Client] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    twice: int = 0

    async def talk(self, link: ServerConnection) -> None:
        hello = json.loads(await link.recv())["data"]
        client = Client(link, hello["token"])
        self.clients.append(client)
        self.twice += client.user in self.here
        self.here.append(client.user)
        try:
            await self.welcome(client, hello["heads"])
            async for text in link:
                await self.hear(client, json.loads(text))
        except ConnectionClosed:
            pass
        self.here.remove(client.user)

    async def welcome(self, client: Client, said: dict[str, list[int]]) -> None:
        marks = {"kind": "direct", "read_seq": 0, "peer_read": 4, "peer_delivered": 5}
        heads = [{"conversation": name, "rev": HEAD, **marks} for name in said if name != "quiet"]
        await client.say({"type": "welcome", "id": 0, "data": self.welcomed({"heads": heads, "left": []})})

    async def hear(self, client: Client, frame: Body) -> None:
        if frame["type"] == "ack":
            client.acked = frame["data"]["frame"]
        elif self.closes:
            await client.link.close(4001, "ending")
        else:
            data = self.pulled(self.entries(frame["data"]["conversation"], frame["data"]["after_rev"]))
            await client.say({"type": "entries", "id": frame["id"], "data": data})

    def entries(self, conversation: str, after_rev: int) -> Body:
        revs = range(after_rev + 1, HEAD + 1)[: self.page]
        items = [{"rev": rev, "key": key(conversation, rev), "content": {"text": "x"}} for rev in revs]
        return {"conversation": conversation, "prev": after_rev, "head": HEAD, "items": items}
