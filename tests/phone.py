"""A device: a second, independent implementation of the protocol's client rules, for the tests.

It keeps what a client keeps (cursors, messages, marks), draws live frames at once, pulls on a gap, and resumes with its
heads. `state()` of two devices of one person must be equal once both are quiet.
"""

import asyncio
import contextlib
import itertools
import json
from typing import Any
from uuid import uuid4

import websockets
from websockets.asyncio.client import ClientConnection

from tests.make import Person

Json = dict[str, Any]


class Refused(Exception):
    def __init__(self, error: Json):
        super().__init__(error["code"])
        self.code, self.error = error["code"], error


class Phone:
    def __init__(self, person: Person, url: str):
        self.person, self.url = person, url
        self.epoch: str | None = None
        self.heads: dict[str, Json] = {}
        self.cursors: dict[str, int] = {}
        self.entries: dict[str, dict[int, Json]] = {}  # conversation -> seq -> message as it is now
        self.seen: list[tuple[str, int]] = []  # (conversation, rev) of every entry drawn, in order
        self.frames: list[Json] = []  # everything the server started
        self.welcomed: Json = {}
        self.close_code: int | None = None
        self.acking = True
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._pulling: dict[str, asyncio.Task[None]] = {}
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    # --- the connection -------------------------------------------------------------------------

    async def connect(self, url: str | None = None, *, token: str | None = None) -> "Phone":
        self.url = url or self.url
        self.close_code = None
        self._socket = await websockets.connect(
            self.url, subprotocols=[websockets.Subprotocol("im.v1.json")], compression=None, max_queue=None, ping_interval=None
        )
        self._reader = asyncio.create_task(self._read())
        heads = {
            cid: [self.cursors[cid], head["read_seq"], head.get("peer_read"), head.get("peer_delivered")]
            for cid, head in self.heads.items()
        }
        hello: Json = {"token": token or self.person.token, "heads": heads}
        if self.epoch:
            hello["epoch"] = self.epoch
        self.welcomed = await self.call("hello", hello)
        self._resume(self.welcomed)
        while self.welcomed.get("more"):
            self.welcomed = await self.call("sync", {"heads": {cid: [self.cursors[cid], h["read_seq"]] for cid, h in self.heads.items()}})
            self._take_heads(self.welcomed["heads"])
        return self

    async def drop(self) -> None:
        """The network goes away, without a goodbye."""
        if self._socket:
            self._socket.transport.abort()
        await self._ended()

    async def close(self) -> None:
        if self._socket:
            await self._socket.close()
        await self._ended()

    async def _ended(self) -> None:
        if self._reader:
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        for task in self._pulling.values():
            task.cancel()
        self._pulling.clear()

    @property
    def connected(self) -> bool:
        return self._reader is not None and not self._reader.done()

    async def send_raw(self, frame: str | bytes) -> None:
        assert self._socket
        await self._socket.send(frame)

    async def call(self, kind: str, data: Json, *, seconds: float = 20) -> Json:
        """The data of the answer. Raises Refused, ConnectionError, TimeoutError."""
        call_id = next(self._ids)
        answer = self._waiting[call_id] = asyncio.get_running_loop().create_future()
        try:
            await self.send_raw(json.dumps({"type": kind, "id": call_id, "data": data}))
            return await asyncio.wait_for(answer, seconds)
        except websockets.ConnectionClosed as e:
            raise ConnectionError(str(e)) from e
        finally:
            self._waiting.pop(call_id, None)

    async def tell(self, kind: str, data: Json) -> None:
        await self.send_raw(json.dumps({"type": kind, "data": data}))

    async def _read(self) -> None:
        assert self._socket
        try:
            async for text in self._socket:
                await self._take(json.loads(text))
        except websockets.ConnectionClosed:
            pass
        finally:
            self.close_code = self._socket.close_code
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError(f"closed with {self.close_code}"))

    async def _take(self, frame: Json) -> None:
        if "frame" in frame and self.acking:
            with contextlib.suppress(websockets.ConnectionClosed):
                await self.tell("ack", {"frame": frame["frame"]})
        kind, data = frame["type"], frame["data"]
        if kind == "error" and frame.get("id") in self._waiting:
            self._waiting[frame["id"]].set_exception(Refused(data))
        elif frame.get("id") in self._waiting:
            if kind == "ok" and "prev" in data:
                self._acknowledged(data)
            self._waiting[frame["id"]].set_result(data)
        else:
            self.frames.append(frame)
            if kind == "ping":
                await self.tell("pong", {})
            elif kind == "entries":
                self._live(data)
            elif kind == "marks":
                self._marks(data)

    # --- what it knows --------------------------------------------------------------------------

    def _resume(self, welcome: Json) -> None:
        if welcome.get("reset"):
            self.heads, self.cursors, self.entries = {}, {}, {}
        self.epoch = welcome["epoch"]
        for gone in welcome["left"]:
            self._forget(gone)
        self._take_heads(welcome["heads"])

    def _take_heads(self, heads: list[Json]) -> None:
        for head in heads:
            cid = head["conversation"]
            known = cid in self.heads and not head.get("reset")
            self.heads[cid] = head
            if not known:
                self.cursors[cid], self.entries[cid] = head["rev"], {}
            elif head["rev"] > self.cursors[cid]:
                self._pull(cid)

    def _forget(self, cid: str) -> None:
        for store in (self.heads, self.cursors, self.entries):
            store.pop(cid, None)

    def _acknowledged(self, ok: Json) -> None:
        cid = ok["conversation"]
        if not ok["duplicate"] and ok["prev"] == self.cursors.get(cid, 0):
            self._advance(cid, ok["rev"])
        elif ok["rev"] > self.cursors.get(cid, 0):
            self._pull(cid)

    def _live(self, data: Json) -> None:
        cid, prev = data["conversation"], data["prev"]
        if prev > self.cursors.get(cid, 0):
            self._pull(cid)
            return
        for item in data["items"]:
            if item["rev"] > self.cursors.get(cid, 0):
                assert item["rev"] == self.cursors.get(cid, 0) + 1, f"a hole before {item['rev']}"
                self._draw(cid, item)

    def _advance(self, cid: str, rev: int) -> None:
        assert rev > self.cursors.get(cid, 0)
        self.cursors[cid] = rev
        self.seen.append((cid, rev))

    def _draw(self, cid: str, item: Json) -> None:
        self._advance(cid, item["rev"])
        held = self.entries.setdefault(cid, {})
        if "seq" in item:
            if item["changed_rev"] >= held.get(item["seq"], item)["changed_rev"]:
                held[item["seq"]] = item
        elif "target" in item and "state" in item:
            state = item["state"]
            if state["changed_rev"] >= held.get(state["seq"], state)["changed_rev"]:
                held[state["seq"]] = state
        elif item["kind"] == "conversation.left":
            self._forget(item["content"]["conversation"])
        elif item["kind"] == "conversation.joined":
            self._pull(item["content"]["conversation"])

    def _marks(self, data: Json) -> None:
        head = self.heads.get(data["conversation"])
        if head is None:
            return
        if data["user"] == str(self.person.id):
            head["read_seq"] = max(head["read_seq"], data["read_seq"])
        elif head["kind"] == "direct":
            head["peer_read"] = max(head["peer_read"], data["read_seq"])
            head["peer_delivered"] = max(head["peer_delivered"], data["delivered_seq"])

    def _pull(self, cid: str) -> None:
        if cid not in self._pulling or self._pulling[cid].done():
            self._pulling[cid] = asyncio.create_task(self._pull_all(cid))

    async def _pull_all(self, cid: str) -> None:
        with contextlib.suppress(ConnectionError, Refused):
            while True:
                page = await self.call("pull", {"conversation": cid, "after_rev": self.cursors.get(cid, 0)})
                if page.get("reset"):
                    self.entries[cid], self.cursors[cid] = {}, page["prev"]
                for item in page["items"]:
                    if item["rev"] > self.cursors.get(cid, 0):
                        assert item["rev"] == self.cursors.get(cid, 0) + 1
                        self._draw(cid, item)
                if self.cursors.get(cid, 0) >= page["head"]:
                    return

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
            page = await self.call("pull", {"conversation": conversation, "limit": 50, **before})
            found = page["items"] + found
            if len(page["items"]) < 50:
                return found

    async def quiet(self, seconds: float = 0.6) -> None:
        """Wait until nothing has come for a while and every pull is done."""
        heard = -1
        while heard != len(self.frames) + len(self.seen) or any(not task.done() for task in self._pulling.values()):
            heard = len(self.frames) + len(self.seen)
            await asyncio.sleep(seconds)

    def texts(self, conversation: str) -> list[str | None]:
        held = self.entries.get(conversation, {})
        return [(held[seq]["content"] or {}).get("text") for seq in sorted(held)]

    async def fetch(self) -> Json:
        """What a new device of the same person sees: heads, and every message."""
        fresh = Phone(self.person, self.url)
        await fresh.connect()
        for cid in list(fresh.heads):
            fresh.entries[cid] = {item["seq"]: item for item in await fresh.history(cid)}
        await fresh.close()
        return fresh.state()

    def state(self) -> Json:
        return {
            cid: {
                "rev": self.cursors[cid],
                "messages": self.entries.get(cid, {}),
                **{name: head.get(name) for name in ("kind", "read_seq", "peer_read", "peer_delivered", "title")},
            }
            for cid, head in self.heads.items()
        }
