"""A server that speaks just enough of the protocol, and can be told to do one thing wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from messaging.load.talk.checks import Stored
from messaging.load.talk.plan import Room

BAD_REV = 5
"""The rev at which a fault happens."""
Fault = Callable[["Server", "Client", dict[str, Any]], Awaitable[None]]


@dataclass(eq=False)
class Client:
    link: ServerConnection
    user: str
    frames: int = 0
    acked: int = 0
    most_unacked: int = 0
    held: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, body: dict[str, Any]) -> None:
        self.frames += 1
        self.most_unacked = max(self.most_unacked, self.frames - self.acked)
        await self.link.send(json.dumps({**body, "frame": self.frames}))

    async def answer(self, command: int, body: dict[str, Any]) -> None:
        await self.link.send(json.dumps({**body, "id": command}))


async def deliver(_server: "Server", client: Client, entry: dict[str, Any]) -> None:
    data = {"conversation": entry["conversation"], "prev": entry["rev"] - 1, "items": [entry]}
    await client.say({"type": "entries", "data": data})


@dataclass
class Server:
    rooms: list[Room]
    fault: Fault = deliver
    """How one socket gets the entry of BAD_REV."""
    refuses: bool = False
    forgets: bool = False
    """Answers ok to BAD_REV, but does not store it."""
    clients: dict[str, Client] = field(default_factory=dict)
    log: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pongs: int = 0

    def stored(self) -> dict[str, Stored]:
        found = {}
        for room in self.rooms:
            kept = [
                entry for entry in self.entries(room.conversation) if not (self.forgets and entry["rev"] == BAD_REV)
            ]
            revs = [entry["rev"] for entry in kept]
            keys = {entry["key"] for entry in kept}
            span = max(revs) - min(revs) + 1
            found[room.conversation] = Stored(max(revs), len(kept), len(kept), span, len(keys))
        return found

    def entries(self, conversation: str) -> list[dict[str, Any]]:
        return self.log.setdefault(conversation, [])

    async def talk(self, link: ServerConnection) -> None:
        try:
            client = await self.greet(link)
            async for text in link:
                await self.hear(client, json.loads(text))
        except ConnectionClosed:
            return

    async def greet(self, link: ServerConnection) -> Client:
        hello = json.loads(await link.recv())
        assert hello["type"] == "hello"
        client = self.clients[hello["data"]["token"]] = Client(link, hello["data"]["token"])
        heads = [{"conversation": room.conversation, "rev": 0, "kind": "group"} for room in self.rooms]
        await client.say({"type": "welcome", "id": hello["id"], "data": {"heads": heads, "left": []}})
        await client.say({"type": "ping", "data": {}})
        await client.say({"type": "typing", "data": {"conversation": heads[0]["conversation"], "user": "x"}})
        return client

    async def hear(self, client: Client, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ack":
                client.acked = frame["data"]["frame"]
            case "pong":
                self.pongs += 1
            case "message.send":
                await self.append(client, frame["id"], frame["data"])

    async def append(self, client: Client, command: int, draft: dict[str, Any]) -> None:
        if self.refuses:
            return await client.answer(command, {"type": "error", "data": {"code": "denied", "retry": "no"}})
        log = self.entries(draft["conversation"])
        entry = {**draft, "rev": len(log) + 1, "seq": len(log) + 1, "sender": client.user}
        log.append(entry)
        ok = {"conversation": draft["conversation"], "rev": entry["rev"], "prev": entry["rev"] - 1, "duplicate": False}
        await client.answer(command, {"type": "ok", "data": ok})
        return await self.fan_out(client, entry)

    async def fan_out(self, sender: Client, entry: dict[str, Any]) -> None:
        room = next(room for room in self.rooms if room.conversation == entry["conversation"])
        others = [self.clients[seat.token] for seat in room.seats if seat.token != sender.user]
        for client in others:
            await (self.fault if entry["rev"] == BAD_REV and client is others[0] else deliver)(self, client, entry)
            for held in client.held if entry["rev"] > BAD_REV else ():
                await deliver(self, client, held)
            client.held.clear() if entry["rev"] > BAD_REV else None


@asynccontextmanager
async def running(server: Server):
    async with serve(server.talk, "127.0.0.1", 0, subprotocols=["im.v1.json"]) as listener:
        yield f"ws://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1/ws"
        await asyncio.sleep(0)
