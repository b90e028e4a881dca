"""A device: a second, independent implementation of the protocol's client rules, for the tests.

It keeps what a client keeps (cursors, messages, marks), draws live frames at once, pulls on a gap, and resumes with its
heads. `state()` of two devices of one person must be equal once both are quiet.
"""

import asyncio
import contextlib
import itertools
import json
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import websockets
from websockets.asyncio.client import ClientConnection

from tests.knowledge import Json, Knowledge, Refused
from tests.make import Person

__all__ = ["Json", "Phone", "Refused"]
PAGE = 50


class Phone(Knowledge):
    def __init__(self, person: Person, url: str):
        super().__init__(person)
        self.url = url
        self.frames: list[Json] = []  # everything the server started
        self.welcomed: Json = {}
        self.close_code: int | None = None
        self.acking = True
        self.faults: list[BaseException] = []
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._drafts: dict[int, Json] = {}
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    # --- the connection -------------------------------------------------------------------------

    async def connect(self, url: str | None = None, *, token: str | None = None, **options: Any) -> "Phone":
        await self.open(url, **options)
        hello: Json = {"token": token or self.person.token, "heads": self._known()}
        if self.epoch:
            hello["epoch"] = self.epoch
        self.welcomed = await self.call("hello", hello)
        more = self.welcomed.get("more")
        while more:
            more = (await self.sync()).get("more")
        return self

    async def open(self, url: str | None = None, **options: Any) -> None:
        """A socket that has not said hello."""
        self.url = url or self.url
        self.close_code = None
        settings: Json = {
            "subprotocols": ["im.v1.json"], "compression": None, "max_queue": None, "ping_interval": None, "proxy": None
        }  # fmt: skip
        self._socket = await websockets.connect(self.url, **{**settings, "max_size": None, **options})
        self._reader = asyncio.create_task(self._read())

    async def drop(self) -> None:
        """The network goes away, without a goodbye."""
        if self._socket:
            self._socket.transport.abort()
        await self._ended()

    async def close(self) -> None:
        if self._socket:
            await self._socket.close()
        await self._ended()

    async def closed(self, seconds: float = 10) -> int | None:
        """The code the server closes with."""
        assert self._reader
        await asyncio.wait_for(asyncio.shield(self._reader), seconds)
        return self.close_code

    async def _ended(self) -> None:
        if self._reader:
            await asyncio.gather(self._reader, return_exceptions=True)
        tasks = [*self._pulling.values(), *self._asking, *([self._syncing] if self._syncing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._pulling.clear()
        self._syncing = None
        if self.faults:
            raise self.faults[0]

    @property
    def connected(self) -> bool:
        return self._reader is not None and not self._reader.done()

    @property
    def transport(self) -> asyncio.Transport:
        assert self._socket
        return self._socket.transport

    async def send_raw(self, frame: Any, **options: Any) -> None:
        assert self._socket
        await self._socket.send(frame, **options)

    async def call(self, kind: str, data: Any, *, seconds: float = 20) -> Json:
        """The data of the answer. Raises Refused, ConnectionError, TimeoutError."""
        call_id = next(self._ids)
        answer = self._waiting[call_id] = asyncio.get_running_loop().create_future()
        if kind == "message.send":
            self._drafts[call_id] = data
        try:
            await self.send_raw(json.dumps({"type": kind, "id": call_id, "data": data}))
            return await asyncio.wait_for(answer, seconds)
        except websockets.ConnectionClosed as e:
            raise ConnectionError(str(e)) from e
        finally:
            self._waiting.pop(call_id, None)
            self._drafts.pop(call_id, None)

    async def tell(self, kind: str, data: Json) -> None:
        await self.send_raw(json.dumps({"type": kind, "data": data}))

    async def _read(self) -> None:
        assert self._socket
        try:
            async for text in self._socket:
                await self._take(json.loads(text))
        except websockets.ConnectionClosed:
            pass
        except Exception as e:
            self.faults.append(e)
            await self._socket.close()
        finally:
            self.close_code = self._socket.close_code
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError(f"closed with {self.close_code}"))
                    answer.exception()  # perhaps nobody waits any more

    async def _take(self, frame: Json) -> None:
        if "frame" in frame and self.acking:
            with contextlib.suppress(websockets.ConnectionClosed):
                await self.tell("ack", {"frame": frame["frame"]})
        kind, data, call_id = frame["type"], frame["data"], frame.get("id")
        if call_id in self._waiting:
            self._answered(kind, data, call_id)
            return
        self.frames.append(frame)
        if kind == "ping" and self.acking:
            await self.tell("pong", {})
        elif kind == "entries":
            self._live(data)
        elif kind == "marks":
            self._marks(data)

    def _answered(self, kind: str, data: Json, call_id: int) -> None:
        if self._waiting[call_id].done():
            return
        if kind == "error":
            self._waiting[call_id].set_exception(Refused(data))
            return
        if kind == "welcome":  # before what follows it
            self._resume(data)
        if kind == "ok" and call_id in self._drafts:
            self._acknowledged(data, self._drafts[call_id])
        self._waiting[call_id].set_result(data)

    def frames_of(self, kind: str) -> list[Json]:
        return [frame["data"] for frame in self.frames if frame["type"] == kind]

    # --- what a person does ---------------------------------------------------------------------

    async def say(self, text: str, conversation: str | None = None, **more: Any) -> Json:
        """Send a text; `to_user`, `key`, `reply_to`, `mentions` as in the protocol."""
        where = {"conversation": conversation} if conversation else {}
        draft = {"key": str(uuid4()), "kind": "text", "content": {"text": text}, **where, **more}
        return await self.call("message.send", draft)

    async def history(self, conversation: str) -> list[Json]:
        """Every message, by pages from the newest."""
        found: list[Json] = []
        while True:
            before = {"before_seq": found[0]["seq"]} if found else {}
            page = await self.call("pull", {"conversation": conversation, "limit": PAGE, **before})
            found = page["items"] + found
            if page["complete"]:
                return found

    async def load(self) -> "Phone":
        """Read every conversation that is new here from its newest message to its first."""
        for cid in [cid for cid in self.heads if not self.entries.get(cid)]:
            for message in await self.history(cid):
                self._place(cid, message)
        await self._read_notes()
        return self

    async def _read_notes(self) -> None:
        """What one keeps, and what one began to write."""
        stars, drafts = [(await self.get(f"/v1/{name}"))["items"] for name in ("starred", "drafts")]
        self.stars = {(star["conversation"], star["seq"]) for star in stars}
        self.drafts = {draft["conversation"]: draft["draft"] for draft in drafts}

    async def get(self, path: str) -> Json:
        place = urlsplit(self.url)
        headers = {"authorization": f"Bearer {self.person.token}"}
        async with httpx2.AsyncClient(base_url=f"http://{place.netloc}", headers=headers, trust_env=False) as rest:
            found: Json = (await rest.get(path)).json()
            return found

    async def quiet(self, seconds: float = 0.6) -> None:
        """Wait until nothing has come for a while and every pull is done."""
        heard = -1
        while heard != len(self.frames) + len(self.seen) or any(not task.done() for task in self._pulling.values()):
            heard = len(self.frames) + len(self.seen)
            await asyncio.sleep(seconds)

    async def fetch(self) -> Json:
        """What a new device of the same person sees: heads, and every message. Heads must fit the messages."""
        fresh = await (await Phone(self.person, self.url).connect()).load()
        state = fresh.state()
        await fresh.close()
        for cid, head in fresh.heads.items():
            counted = {name: state[cid][name] for name in ("unread", "mentions")}
            assert {name: head[name] for name in counted} == counted, f"the head of a {head['kind']} conversation"
            newest = max(state[cid]["messages"], default=None)
            assert head.get("last") == state[cid]["messages"].get(newest)
        return state
