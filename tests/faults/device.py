"""A device as its owner has it: it connects, loses its connection, comes back through the other gateway, never gives up.

It follows the client's rules of the protocol and keeps a record of all it saw, for the checker.
"""

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from tests.faults.check import View, fingerprint
from tests.make import Person

Json = dict[str, Any]
SILENCE_SECONDS = 15  # the server pings every 5
ACK_FRAMES, ACK_SECONDS = 16, 0.25
LONGEST_PAUSE = 2.0
BROKEN = (OSError, TimeoutError, websockets.WebSocketException, ConnectionError)


class Refused(Exception):
    def __init__(self, error: Json):
        super().__init__(error["code"])
        self.code, self.retry = error["code"], error["retry"]


class Device:
    def __init__(self, name: str, person: Person, places: list[tuple[str, str]], text_of: Callable[[str], set[str | None]]):
        self.name, self.person, self._places, self._text_of = name, person, places, text_of
        self.rng = random.Random(name)
        self.views: dict[str, View] = {}
        self.cursors: dict[str, int] = {}
        self.messages: dict[str, dict[int, tuple[int, str | None]]] = {}  # seq -> (changed_rev, text)
        self.heads: dict[str, Json] = {}
        self.marks: dict[str, list[int | None]] = {}  # read, peer_read, peer_delivered
        self.epoch: str | None = None
        self.complaints: list[str] = []
        self.welcomes = 0
        self.place = ""
        self.ready = asyncio.Event()
        self.drop_every = 0.0
        self.pulls = True
        self._turn = self.rng.randrange(2)
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[asyncio.Future[Json], Json]] = {}
        self._behind: set[str] = set()
        self._pull_wanted = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._heard = self._frame = self._acked = 0.0
        self._pause = 0.0

    # --- the connection -----------------------------------------------------------------------------

    async def live(self) -> None:
        failures = 0
        while True:
            self.place, url = self._places[self._turn % len(self._places)]
            self._turn += 1
            welcomes, self._pause = self.welcomes, 0.0
            try:
                await self._connection(url)
            except* BROKEN:
                pass
            except* Refused as group:
                self._refused(group)
            failures = 0 if self.welcomes > welcomes else failures + 1
            pause = min(0.1 * 2**failures, LONGEST_PAUSE) * self.rng.random()
            await asyncio.sleep(max(pause, self._pause))

    def _refused(self, group: BaseExceptionGroup[Refused]) -> None:
        for refusal in group.exceptions:
            if isinstance(refusal, Refused) and refusal.retry not in ("later", "same_key"):
                self.complaints.append(f"{self.name} was turned away: {refusal.code}")

    async def _connection(self, url: str) -> None:
        protocol = [websockets.Subprotocol("im.v1.json")]
        async with contextlib.AsyncExitStack() as stack:
            async with asyncio.timeout(10):
                socket = await websockets.connect(
                    url, subprotocols=protocol, compression=None, max_queue=None, ping_interval=None, open_timeout=10
                )
            stack.callback(self._gone, socket)
            self._socket, self._frame, self._acked = socket, 0, 0
            self._heard = self._now()
            async with asyncio.TaskGroup() as group:
                for job in (self._read(socket), self._greet(), self._pull(), self._watch(socket)):
                    group.create_task(job)

    def _gone(self, socket: ClientConnection) -> None:
        """The network is away, without a goodbye."""
        self.ready.clear()
        socket.transport.abort()
        self._behind.clear()
        for answer, _ in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the connection is gone"))
                answer.exception()

    async def _watch(self, socket: ClientConnection) -> None:
        until = self._now() + self.rng.expovariate(1 / self.drop_every) if self.drop_every else float("inf")
        while True:
            await asyncio.sleep(ACK_SECONDS)
            await self._ack(socket)
            if self._now() - self._heard > SILENCE_SECONDS:
                raise TimeoutError
            if self._now() > until:
                self._pause = self.rng.random() * 3
                raise ConnectionError

    async def _ack(self, socket: ClientConnection) -> None:
        if self._frame > self._acked:
            self._acked = self._frame
            await socket.send(json.dumps({"type": "ack", "data": {"frame": self._frame}}))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def call(self, kind: str, data: Json, seconds: float = 12) -> Json:
        """The data of the answer. Raises Refused or one of BROKEN; then the outcome is unknown."""
        socket, call_id = self._socket, next(self._ids)
        if socket is None:
            raise ConnectionError("not connected yet")
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[call_id] = (answer, data)
        try:
            await socket.send(json.dumps({"type": kind, "id": call_id, "data": data}))
            return await asyncio.wait_for(answer, seconds)
        finally:
            del self._waiting[call_id]

    async def _greet(self) -> None:
        heads = {cid: [self.cursors[cid], *self.marks.get(cid, [])] for cid in self.cursors}
        data: Json = {"token": self.person.token, "heads": heads}
        if self.epoch:
            data["epoch"] = self.epoch
        welcome = await self.call("hello", data)
        if self.epoch not in (None, welcome["epoch"]) or welcome.get("reset"):
            self.complaints.append(f"{self.name} was reset: epoch {self.epoch} became {welcome['epoch']}")
        self.epoch = welcome["epoch"]
        self.welcomes += 1
        while welcome.get("more"):
            welcome = await self.sync()
        self.ready.set()

    async def sync(self) -> Json:
        return await self.call("sync", {"heads": {c: [self.cursors[c], *self.marks.get(c, [])] for c in self.cursors}})

    async def _read(self, socket: ClientConnection) -> None:
        async for text in socket:
            self._heard = self._now()
            self._take(json.loads(text))
            if self._frame - self._acked >= ACK_FRAMES:
                await self._ack(socket)
        if socket.close_code not in (4001, 4008, 4009, 4010, 1006, 1011, 1012):
            self.complaints.append(f"{self.name} was closed with {socket.close_code}")
        raise ConnectionError("closed")

    # --- what comes ---------------------------------------------------------------------------------

    def _take(self, frame: Json) -> None:
        kind, data = frame["type"], frame["data"]
        if "frame" in frame:
            if frame["frame"] != self._frame + 1:
                self.complaints.append(f"{self.name}: frame {frame['frame']} after {self._frame}")
            self._frame = frame["frame"]
        answer, asked = self._waiting.get(frame.get("id") or 0, (None, {}))
        if kind in ("welcome", "heads"):
            self._take_heads(data)
        elif kind == "entries" and "before_seq" not in data:
            self._take_entries(data, pulled=frame.get("id") is not None)
        elif kind == "ok" and "prev" in data and answer:
            self._take_ok(data, asked)
        elif kind == "marks":
            self._take_marks(data)
        elif kind == "goaway":
            self._pause = data["retry_after_ms"] / 1000
            asyncio.get_running_loop().call_later(self._pause, self._leave, self._socket)
        elif kind == "ping":
            asyncio.get_running_loop().create_task(self._pong())
        if answer and not answer.done():
            if kind == "error":
                answer.set_exception(Refused(data))
            else:
                answer.set_result(data)

    def _leave(self, socket: ClientConnection | None) -> None:
        if socket:
            socket.transport.abort()

    async def _pong(self) -> None:
        with contextlib.suppress(*BROKEN):
            if self._socket:
                await self._socket.send('{"type":"pong","data":{}}')

    def _take_heads(self, data: Json) -> None:
        for gone in data["left"]:
            self.complaints.append(f"{self.name} was told that {gone} is no longer its own")
        for head in data["heads"]:
            cid = head["conversation"]
            if head.get("reset") or head["rev"] < self.cursors.get(cid, 0):
                self.complaints.append(f"{self.name} has {cid} up to {self.cursors.get(cid)}, the server to {head['rev']}")
            self.heads[cid] = head
            self.marks[cid] = [head["read_seq"], head.get("peer_read"), head.get("peer_delivered")]
            if cid not in self.cursors:  # a new conversation is read from its beginning
                self._begin(cid, head["from_rev"])
            if head["rev"] > self.cursors[cid]:
                self._want(cid)

    def _begin(self, cid: str, after: int) -> None:
        self.cursors[cid] = after
        self.views[cid], self.messages[cid] = View(after), {}

    def _want(self, cid: str) -> None:
        if self.pulls:
            self._behind.add(cid)
            self._pull_wanted.set()

    async def _pull(self) -> None:
        while True:
            await self._pull_wanted.wait()
            self._pull_wanted.clear()
            while self._behind:
                cid = self._behind.pop()
                page = await self.call("pull", {"conversation": cid, "after_rev": self.cursors[cid]})
                if page["head"] > self.cursors[cid]:
                    self._want(cid)

    def _take_entries(self, data: Json, *, pulled: bool) -> None:
        cid, prev = data["conversation"], data["prev"]
        if cid not in self.cursors:
            self._begin(cid, 0)
        if data.get("reset"):
            self.complaints.append(f"{self.name}: a pull of {cid} after {self.cursors[cid]} was reset to {prev}")
        if prev > self.cursors[cid]:
            if pulled:
                self.complaints.append(f"{self.name}: pulled {cid} after {self.cursors[cid]}, but got {prev}")
            self._want(cid)
            return
        for rev, item in enumerate(data["items"], prev + 1):
            if item["rev"] != rev:
                self.complaints.append(f"{self.name}: {cid} rev {item['rev']} came in the place of {rev}")
            elif rev == self.cursors[cid] + 1:
                self._draw(cid, item)

    def _take_ok(self, ok: Json, draft: Json) -> None:
        cid = ok["conversation"]
        if cid not in self.cursors:
            self._begin(cid, 0)
        if not ok["duplicate"] and ok["prev"] == self.cursors[cid]:
            self._advance(cid, ok["rev"], fingerprint("text", ok["seq"], str(self.person.id), draft["key"], None))
            self.messages[cid][ok["seq"]] = (ok["rev"], draft["content"]["text"])
        elif ok["rev"] > self.cursors[cid]:
            self._want(cid)

    def _advance(self, cid: str, rev: int, print_: int) -> None:
        self.cursors[cid] = rev
        self.views[cid].add(rev, print_)

    def _draw(self, cid: str, item: Json) -> None:
        self._advance(
            cid, item["rev"], fingerprint(item["kind"], item.get("seq"), item["sender"], item.get("key"), item.get("target"))
        )
        if "seq" in item:
            self._keep(cid, item)
        elif "state" in item:
            self._keep(cid, item["state"])

    def _keep(self, cid: str, message: Json) -> None:
        held = self.messages[cid]
        changed, text = message["changed_rev"], message["content"] and message["content"]["text"]
        if text not in self._text_of(message["key"]):
            self.complaints.append(f"{self.name}: {cid} seq {message['seq']} has a text that nobody wrote: {text!r}")
        if changed >= held.get(message["seq"], (0, ""))[0]:
            held[message["seq"]] = (changed, text)

    def _take_marks(self, data: Json) -> None:
        marks = self.marks.get(data["conversation"])
        if marks is None:
            return
        if data["user"] == str(self.person.id):
            marks[0] = max(marks[0] or 0, data["read_seq"])
        elif marks[1] is not None:
            marks[1:] = [max(marks[1], data["read_seq"]), max(marks[2] or 0, data["delivered_seq"])]

    # --- at the end ---------------------------------------------------------------------------------

    def state(self) -> Json:
        return {
            cid: {"rev": rev, "marks": self.marks.get(cid), "messages": self.messages[cid]}
            for cid, rev in self.cursors.items()
        }

    async def history(self) -> None:
        """As a new device: the newest page of each conversation and those before it, instead of pulls."""
        for cid in self.cursors:
            self.cursors[cid], before = self.heads[cid]["rev"], {}
            while True:
                page = await self.call("pull", {"conversation": cid, "limit": 200, **before})
                for item in page["items"]:
                    self._keep(cid, item)
                if len(page["items"]) < 200:
                    break
                before = {"before_seq": page["items"][0]["seq"]}
