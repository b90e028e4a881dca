"""A server over HTTP, and that can be told to do one thing wrong."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
LAST = 90
"""The seq of the newest message that can be read."""


@dataclass
class Api:
    spoils: Callable[[Body], Body] = dict
    """What becomes of the body of an answer."""
    status: int | None = None
    garbles: bool = False
    drops: bool = False
    callers: Counter[str] = field(default_factory=Counter)
    here: Counter[str] = field(default_factory=Counter)
    most: int = 0
    """Requests of one person at once."""
    revs: Counter[str] = field(default_factory=Counter)
    links: list[Any] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.links.append(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            await self.talk(reader, writer)
        writer.close()
        await asyncio.wait([asyncio.ensure_future(writer.wait_closed())])

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await self._head(reader):
            method, target, *_ = head[0].split()
            fields = dict(line.lower().split(": ", 1) for line in head[1:])
            body = await reader.readexactly(int(fields.get("content-length", 0)))
            if self.drops:
                break
            user = fields["authorization"]
            self.callers[user] += 1
            self.here[user] += 1
            self.most = max(self.most, self.here[user])
            await asyncio.sleep(0.001)
            self.here[user] -= 1
            status, said = self.answer(method, target, body)
            spelled = b"<html>" if self.garbles else json.dumps(self.spoils(said)).encode()
            head_line = f"HTTP/1.1 {self.status or status} Said\r\nContent-Length: {len(spelled)}\r\n\r\n"
            writer.write(head_line.encode() + spelled)

    async def _head(self, reader: asyncio.StreamReader) -> list[str]:
        try:
            return (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return []

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, Body]:
        path, _, query = target.partition("?")
        if method == "POST":
            conversation = path.split("/")[3]
            self.revs[conversation] += 1
            return 201, {"key": json.loads(body)["key"], "seq": 1, "rev": self.revs[conversation]}
        if path == "/v1/conversations":
            return 200, {"items": [{"conversation": name, "rev": 6} for name in ("a", "b")]}
        before = int(query.split("before_seq=")[1].split("&")[0])
        return 200, {"items": [{"seq": seq, "rev": seq} for seq in range(before - 50, before)], "complete": False}


@asynccontextmanager
async def running(api: Api):
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*api.links)
