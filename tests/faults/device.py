"""A device as its owner has it: it connects, loses its connection, comes back by the other gateway, never gives up."""

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from tests.faults.ledger import Ledger, values
from tests.faults.memory import Json, Memory
from tests.make import Person

SILENCE_SECONDS = 15  # the server pings every 5
ACK_FRAMES, ACK_BYTES, ACK_SECONDS = 16, 32_768, 0.25
ANSWER_SECONDS = 12
LONGEST_PAUSE = 2.0
COME_BACK = (4001, 4008, 4009, 4010, 1001, 1006, 1011, 1012)
BROKEN = (OSError, TimeoutError, websockets.WebSocketException)


class Refused(Exception):
    def __init__(self, error: Json):
        super().__init__(error["code"])
        self.code, self.retry = error["code"], error["retry"]


class Device:
    def __init__(self, name: str, person: Person, places: dict[str, str], ledger: Ledger):
        self.name, self.person, self._places = name, person, list(places.items())
        self._ledger = ledger
        self.memory = Memory(name, str(person.id), ledger.text_of, self._want)
        self.drop_every = 0.0
        self.pulls = True
        self.over = False
        self.place = ""
        self.ready = asyncio.Event()
        self._rng = random.Random(name)
        self._turn = self._rng.randrange(2)
        self._epoch: str | None = None
        self._welcomes = 0
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[asyncio.Future[Json], Json]] = {}
        self._behind: set[str] = set()
        self._pull_wanted = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._heard = self._pause = 0.0
        self._frame = self._acked = self._unacked_bytes = 0
        self._started: dict[str, Callable[[Json], None]] = {
            "entries": self._entries,
            "marks": self.memory.take_marks,
            "goaway": self._goaway,
            "ping": self._ping,
        }

    # --- the connection -----------------------------------------------------------------------------

    async def live(self) -> None:
        failures = 0
        while not self.over:  # a group of tasks that fails swallows that it was cancelled
            self.place, url = self._places[self._turn % len(self._places)]
            self._turn += 1
            welcomes, self._pause = self._welcomes, 0.0
            try:
                await self._connection(url)
            except* BROKEN:
                pass
            except* Exception as group:
                self._refused(group)
            failures = 0 if self._welcomes > welcomes else failures + 1
            pause = min(0.1 * 2**failures, LONGEST_PAUSE) * self._rng.random()
            await asyncio.sleep(max(pause, self._pause))

    def _refused(self, group: BaseExceptionGroup[Exception]) -> None:
        for reason in group.exceptions:
            if not isinstance(reason, Refused) or reason.retry not in ("later", "same_key"):
                self.memory.complain(f"the connection ended with {reason!r}")

    async def _connection(self, url: str) -> None:
        protocol = [websockets.Subprotocol("im.v1.json")]
        async with asyncio.timeout(10):
            socket = await websockets.connect(
                url, subprotocols=protocol, compression=None, max_queue=None, ping_interval=None, open_timeout=10
            )
        self._socket, self._frame, self._acked, self._heard = socket, 0, 0, self._now()
        try:
            async with asyncio.TaskGroup() as group:
                for job in (self._read(socket), self._greet(), self._pull(), self._watch(socket)):
                    group.create_task(job)
        finally:
            self._gone(socket)

    def _gone(self, socket: ClientConnection) -> None:
        """The network is away, without a goodbye."""
        self.ready.clear()
        self._socket = None
        socket.transport.abort()
        self._behind.clear()
        for answer, _ in self._waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the connection is gone"))
                answer.exception()

    async def _watch(self, socket: ClientConnection) -> None:
        until = self._now() + self._rng.expovariate(1 / self.drop_every) if self.drop_every else float("inf")
        while True:
            await asyncio.sleep(ACK_SECONDS)
            await self._ack(socket)
            if self._now() - self._heard > SILENCE_SECONDS:
                raise TimeoutError
            if self._now() > until:
                self._pause = self._rng.random() * 3
                raise ConnectionError

    async def _ack(self, socket: ClientConnection) -> None:
        if self._frame > self._acked:
            self._acked, self._unacked_bytes = self._frame, 0
            await socket.send(json.dumps({"type": "ack", "data": {"frame": self._frame}}))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def call(self, kind: str, data: Json) -> Json:
        """The data of the answer. Raises Refused or one of BROKEN; then the outcome is unknown."""
        socket, call_id = self._socket, next(self._ids)
        if socket is None:
            raise ConnectionError("not connected")
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[call_id] = (answer, data)
        try:
            # A key's payload is compared byte by byte: spelled as the REST client spells it.
            await socket.send(json.dumps({"type": kind, "id": call_id, "data": data}, separators=(",", ":")))
            return await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError as e:
            alive = "lives" if socket is self._socket else "is gone"
            socket.transport.abort()  # rule 12: its `ok` would be the entry, and is not waited for any more
            raise TimeoutError(f"{self.name} via {self.place}: no answer to {kind}; the connection {alive}") from e
        finally:
            del self._waiting[call_id]

    async def _greet(self) -> None:
        said: Json = {"token": self.person.token, "heads": self.memory.said()}
        welcome = await self.call("hello", said | ({"epoch": self._epoch} if self._epoch else {}))
        if self._epoch not in (None, welcome["epoch"]) or welcome.get("reset"):
            self.memory.complain(f"reset: epoch {self._epoch} became {welcome['epoch']}")
        self._epoch = welcome["epoch"]
        self._welcomes += 1
        while welcome.get("more"):
            welcome = await self.sync()
        self.ready.set()

    async def sync(self) -> Json:
        return await self.call("sync", {"heads": self.memory.said()})

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in socket:
                self._heard = self._now()
                self._unacked_bytes += len(text)
                self._take(json.loads(text))
                if self._frame - self._acked >= ACK_FRAMES or self._unacked_bytes > ACK_BYTES:
                    await self._ack(socket)
        if socket.close_code not in COME_BACK:
            self.memory.complain(f"closed with {socket.close_code}")
        raise ConnectionError("closed")

    # --- what comes ---------------------------------------------------------------------------------

    def _take(self, frame: Json) -> None:
        if number := frame.get("frame"):
            if number != self._frame + 1:
                self.memory.complain(f"frame {number} after {self._frame}")
            self._frame = number
        if frame.get("id") is None:
            self._started.get(frame["type"], self._unknown)(frame["data"])
        elif frame["id"] in self._waiting:
            self._answered(frame["type"], frame["data"], *self._waiting[frame["id"]])

    def _entries(self, data: Json) -> None:
        self._note("observe", data, after=data["prev"], values=values(data["items"]))
        self.memory.take_entries(data)

    def _note(self, what: str, data: Json, **more: Any) -> None:
        said = {"conversation": data["conversation"], **more}
        self._ledger.note(what, str(self.person.id), self.name, self.place, **said)

    def _unknown(self, data: Json) -> None:
        self.memory.complain(f"what is this: {data}")

    def _answered(self, kind: str, data: Json, answer: asyncio.Future[Json], asked: Json) -> None:
        if kind in ("welcome", "heads"):
            self.memory.take_heads(data)
        elif kind == "entries" and "after_rev" in asked:
            self._note("observe", data, after=data["prev"], values=values(data["items"]))
            self.memory.take_pulled(data)
        elif kind == "ok" and "key" in asked:
            self._note("ack", data, value=asked["key"], rev=data["rev"])
            self.memory.take_ok(data, asked)
        if answer.done():
            return
        if kind == "error":
            answer.set_exception(Refused(data))
        else:
            answer.set_result(data)

    def _goaway(self, data: Json) -> None:
        self._pause = data["retry_after_ms"] / 1000
        if self._socket:
            asyncio.get_running_loop().call_later(self._pause, self._socket.transport.abort)

    def _ping(self, _data: Json) -> None:
        self._pongs = asyncio.get_running_loop().create_task(self._pong())

    async def _pong(self) -> None:
        with contextlib.suppress(*BROKEN):
            if self._socket:
                await self._socket.send('{"type":"pong","data":{}}')

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
                page = await self.call("pull", {"conversation": cid, "after_rev": self.memory.cursors[cid]})
                if page["head"] > self.memory.cursors[cid]:
                    self._want(cid)

    async def history(self) -> None:
        """As a new device: the newest page of each conversation and those before it, instead of pulls."""
        for cid, head in self.memory.heads.items():
            self.memory.cursors[cid] = head["rev"]
            before: dict[str, Any] = {}
            while True:
                page = await self.call("pull", {"conversation": cid, "limit": 200, **before})
                for item in page["items"]:
                    self.memory.keep(cid, item)
                if page["complete"]:
                    break
                before = {"before_seq": page["items"][0]["seq"]}
