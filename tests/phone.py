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
PAGE = 50


class Refused(Exception):
    def __init__(self, error: Json):
        super().__init__(error["code"])
        self.code, self.error = error["code"], error


class Phone:
    def __init__(self, person: Person, url: str):
        self.person, self.url = person, url
        self.me = str(person.id)
        self.epoch: str | None = None
        self.heads: dict[str, Json] = {}
        self.cursors: dict[str, int] = {}
        self.entries: dict[str, dict[int, Json]] = {}  # conversation -> seq -> message as it is now
        self.seen: list[tuple[str, int]] = []  # (conversation, rev) of every entry drawn, in order
        self.frames: list[Json] = []  # everything the server started
        self.welcomed: Json = {}
        self.close_code: int | None = None
        self.acking = True
        self.pulls = 0
        self.faults: list[BaseException] = []
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._drafts: dict[int, Json] = {}
        self._pulling: dict[str, asyncio.Task[None]] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._syncing: asyncio.Task[Json] | None = None
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    # --- the connection -------------------------------------------------------------------------

    async def connect(self, url: str | None = None, *, token: str | None = None, **options: Any) -> "Phone":
        await self.open(url, **options)
        hello: Json = {"token": token or self.person.token, "heads": self._known()}
        if self.epoch:
            hello["epoch"] = self.epoch
        self.welcomed = await self.call("hello", hello)
        self._resume(self.welcomed)
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

    def _known(self) -> dict[str, list[int | None]]:
        return {
            cid: [self.cursors[cid], head["read_seq"], *((head["peer_read"], head["peer_delivered"]) if "peer" in head else ())]
            for cid, head in self.heads.items()
        }

    async def sync(self) -> Json:
        """Ask for what differs, as a client does when it comes to the foreground."""
        answer = await self.call("sync", {"heads": self._known()})
        self._take_heads(answer)
        return answer

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
        except Exception as e:  # noqa: BLE001
            self.faults.append(e)
            await self._socket.close()
        finally:
            self.close_code = self._socket.close_code
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError(f"closed with {self.close_code}"))

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
        if kind == "ok" and call_id in self._drafts:
            self._acknowledged(data, self._drafts[call_id])
        self._waiting[call_id].set_result(data)

    def frames_of(self, kind: str) -> list[Json]:
        return [frame["data"] for frame in self.frames if frame["type"] == kind]

    # --- what it knows --------------------------------------------------------------------------

    def _resume(self, welcome: Json) -> None:
        if welcome.get("reset"):
            self.heads, self.cursors, self.entries = {}, {}, {}
        self.epoch = welcome["epoch"]
        self._take_heads(welcome)

    def _take_heads(self, answer: Json) -> None:
        for gone in answer["left"]:
            self._forget(gone)
        for head in answer["heads"]:
            cid = head["conversation"]
            self.heads[cid] = {**head, **self._furthest(cid, head)}
            if head.get("reset") or cid not in self.cursors:
                self.cursors[cid], self.entries[cid] = head["rev"], {}
            elif head["rev"] > self.cursors[cid]:
                self._pull(cid)

    def _furthest(self, cid: str, head: Json) -> Json:
        """Marks only rise; a live one may have overtaken the head."""
        known = self.heads.get(cid, {})
        names = [name for name in ("read_seq", "peer_read", "peer_delivered") if name in head and name in known]
        return {} if head.get("reset") else {name: max(head[name], known[name]) for name in names}

    def _forget(self, cid: str) -> None:
        for store in (self.heads, self.cursors, self.entries):
            store.pop(cid, None)

    def _acknowledged(self, ok: Json, draft: Json) -> None:
        cid = ok["conversation"]
        if not ok["duplicate"] and ok["prev"] == self.cursors.get(cid, 0):
            self._advance(cid, ok["rev"])
            self._place(cid, self._own(ok, draft))
            self._discover(cid)
        elif ok["rev"] > self.cursors.get(cid, 0):
            self._pull(cid)

    def _own(self, ok: Json, draft: Json) -> Json:
        """The entry that others get, from the draft and its `ok`."""
        found = {"rev": ok["rev"], "seq": ok["seq"], "sender": self.me, "changed_rev": ok["rev"], "created_at": ok["created_at"]}
        found |= {name: draft[name] for name in ("kind", "key", "content", "reply_to") if name in draft}
        if kept := [who for who in draft.get("mentions", ()) if who not in ok.get("mentions_dropped", ())]:
            found["mentions"] = kept
        return found

    def _live(self, data: Json) -> None:
        cid, prev = data["conversation"], data["prev"]
        self._discover(cid)
        if prev > self.cursors.get(cid, 0):
            self._pull(cid)
            return
        for item in data["items"]:
            if item["rev"] > self.cursors.get(cid, 0):
                self._draw(cid, item)

    def _discover(self, cid: str) -> None:
        """Something of a conversation that is new here: ask for its head."""
        if cid not in self.heads and (self._syncing is None or self._syncing.done()):
            self._syncing = asyncio.create_task(self.sync())
            self._syncing.add_done_callback(lambda task: task.cancelled() or task.exception())

    def _advance(self, cid: str, rev: int) -> None:
        assert rev == self.cursors.get(cid, 0) + 1, f"a hole before {rev}"
        self.cursors[cid] = rev
        self.seen.append((cid, rev))

    def _draw(self, cid: str, item: Json) -> None:
        self._advance(cid, item["rev"])
        if "seq" in item:
            self._place(cid, item)
        elif "target" in item:
            self._change(cid, item)
        elif item["kind"] == "conversation.left":
            self._forget(item["content"]["conversation"])
        elif item["kind"] == "conversation.joined":
            self._discover(item["content"]["conversation"])
            self._pull(item["content"]["conversation"])

    def _change(self, cid: str, item: Json) -> None:
        """A live change has no state where some listener may not see it: whoever holds its target asks again."""
        if item["target"] not in self.entries.get(cid, {}):
            return
        if "state" in item:
            self._place(cid, item["state"])
        else:
            self._asking.add(task := asyncio.create_task(self._ask(cid, item["rev"])))
            task.add_done_callback(self._asking.discard)

    async def _ask(self, cid: str, rev: int) -> None:
        with contextlib.suppress(ConnectionError, Refused):
            page = await self.call("pull", {"conversation": cid, "after_rev": rev - 1, "limit": 1})
            self._place(cid, page["items"][0]["state"])

    def _place(self, cid: str, message: Json) -> None:
        """A message as it is now. Who writes has read up to there."""
        held = self.entries.setdefault(cid, {})
        seq = message["seq"]
        if seq not in held or message["changed_rev"] > held[seq]["changed_rev"]:
            held[seq] = message
        head = self.heads.get(cid)
        if head and message["rev"] > head["rev"]:
            mark = "read_seq" if message["sender"] == self.me else "peer_read"
            if mark in head:
                head[mark] = max(head[mark], seq)

    def _marks(self, data: Json) -> None:
        head = self.heads.get(data["conversation"])
        if head is None:
            return
        if data["user"] == self.me:
            head["read_seq"] = max(head["read_seq"], data["read_seq"])
        elif "peer" in head:
            head["peer_read"] = max(head["peer_read"], data["read_seq"])
            head["peer_delivered"] = max(head["peer_delivered"], data["delivered_seq"])

    def _pull(self, cid: str) -> None:
        if cid not in self._pulling or self._pulling[cid].done():
            self._pulling[cid] = asyncio.create_task(self._pull_all(cid))

    async def _pull_all(self, cid: str) -> None:
        with contextlib.suppress(ConnectionError, Refused):
            while await self._pull_page(cid):
                pass

    async def _pull_page(self, cid: str) -> bool:
        """Says whether there is more."""
        self.pulls += 1
        page = await self.call("pull", {"conversation": cid, "after_rev": self.cursors.get(cid, 0)})
        if page.get("reset"):
            self.entries[cid], self.cursors[cid] = {}, page["prev"]
        for item in page["items"]:
            if item["rev"] > self.cursors.get(cid, 0):
                self._draw(cid, item)
        return bool(self.cursors.get(cid, 0) < page["head"])

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
            if len(page["items"]) < PAGE:
                return found

    async def load(self) -> "Phone":
        """Read every conversation that is new here from its newest message to its first."""
        for cid in [cid for cid in self.heads if not self.entries.get(cid)]:
            for message in await self.history(cid):
                self._place(cid, message)
        return self

    async def quiet(self, seconds: float = 0.6) -> None:
        """Wait until nothing has come for a while and every pull is done."""
        heard = -1
        while heard != len(self.frames) + len(self.seen) or any(not task.done() for task in self._pulling.values()):
            heard = len(self.frames) + len(self.seen)
            await asyncio.sleep(seconds)

    def texts(self, conversation: str) -> list[str | None]:
        held = self.entries.get(conversation, {})
        return [(held[seq]["content"] or {}).get("text") for seq in sorted(held)]

    def revs(self, conversation: str) -> list[int]:
        """Revs in the order in which they were drawn."""
        return [rev for cid, rev in self.seen if cid == conversation]

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

    def state(self) -> Json:
        return {
            cid: {
                "rev": self.cursors[cid],
                "messages": self.entries.get(cid, {}),
                "unread": sum(self._is_unread(cid, message) for message in self.entries.get(cid, {}).values()),
                "mentions": sum(self._names_me(cid, message) for message in self.entries.get(cid, {}).values()),
                **{name: head.get(name) for name in ("kind", "read_seq", "peer_read", "peer_delivered", "title")},
            }
            for cid, head in self.heads.items()
        }

    def _is_unread(self, cid: str, message: Json) -> bool:
        above = message["seq"] > self.heads[cid]["read_seq"]
        return bool(above and message["sender"] != self.me and message["content"] is not None)

    def _names_me(self, cid: str, message: Json) -> bool:
        above = message["seq"] > self.heads[cid]["read_seq"]
        return above and not {self.me, "all"}.isdisjoint(message.get("mentions", ()))
