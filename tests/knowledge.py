"""What a device knows: the client's half of the protocol, without a connection.

Cursors move by one entry at a time. What does not follow the cursor is not taken but pulled.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from typing import Any

from tests.make import Person

Json = dict[str, Any]
USUAL: Json = {"notify": "all", "pinned": False, "archived": False, "marked_unread": False}
SETTINGS = (*USUAL,)


class Refused(Exception):
    def __init__(self, error: Json):
        super().__init__(error["code"])
        self.code, self.error = error["code"], error


class Knowledge(ABC):
    def __init__(self, person: Person):
        self.person, self.me = person, str(person.id)
        self.epoch: str | None = None
        self.heads: dict[str, Json] = {}
        self.cursors: dict[str, int] = {}
        self.entries: dict[str, dict[int, Json]] = {}  # conversation -> seq -> message as it is now
        self.seen: list[tuple[str, int]] = []  # (conversation, rev) of every entry drawn, in order
        self.hidden: set[tuple[str, int]] = set()
        self.stars: set[tuple[str, int]] = set()
        self.drafts: dict[str, Json] = {}
        self._redrafting: dict[str, asyncio.Task[None]] = {}
        self.pulls = 0
        self._pulling: dict[str, asyncio.Task[None]] = {}
        self._behind: set[str] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._syncing: asyncio.Task[Json] | None = None

    @abstractmethod
    async def call(self, kind: str, data: Any, *, seconds: float = 20) -> Json:
        """The data of the answer. Raises Refused, ConnectionError, TimeoutError."""

    def _known(self) -> dict[str, list[int | None]]:
        return {
            cid: [
                self.cursors[cid],
                *(head[name] for name in ("read_seq", "peer_read", "peer_delivered") if name in head),
            ]
            for cid, head in self.heads.items()
        }

    async def sync(self, *, from_the_start: bool = False) -> Json:
        """Ask for what differs, as a client does when it comes to the foreground."""
        answer = await self.call("sync", {"heads": self._known()})
        self._take_heads(answer, from_the_start=from_the_start)
        return answer

    def _resume(self, welcome: Json) -> None:
        if welcome.get("reset"):
            self.heads, self.cursors, self.entries = {}, {}, {}
        self.epoch = welcome["epoch"]
        self._take_heads(welcome)

    def _take_heads(self, answer: Json, *, from_the_start: bool = False) -> None:
        """A new conversation starts at its head, and its messages are loaded later; or it is pulled from its start."""
        for gone in answer["left"]:
            self._forget(gone)
        for head in answer["heads"]:
            cid = head["conversation"]
            self.heads[cid] = {**head, **self._furthest(cid, head)}
            if head.get("reset") or (cid not in self.cursors and not from_the_start):
                self.cursors[cid], self.entries[cid] = head["rev"], {}
            elif head["rev"] > self.cursors.setdefault(cid, 0):
                self._pull(cid)

    def _furthest(self, cid: str, head: Json) -> Json:
        """Marks only rise; a live one may have overtaken the head."""
        known = self.heads.get(cid, {})
        names = [name for name in ("read_seq", "peer_read", "peer_delivered") if name in head and name in known]
        return {} if head.get("reset") else {name: max(head[name], known[name]) for name in names}

    def _forget(self, cid: str) -> None:
        for store in (self.heads, self.cursors, self.entries, self.drafts):
            store.pop(cid, None)
        self.stars = {(of, seq) for of, seq in self.stars if of != cid}

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
        found = {name: ok[name] for name in ("rev", "seq", "created_at")}
        found |= {"sender": self.me, "changed_rev": ok["rev"]}
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
            self._syncing = asyncio.create_task(self.sync(from_the_start=True))
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
        elif item["content"] and "conversation" in item["content"]:
            self._note(item["kind"], item["content"]["conversation"], item["content"])

    def _note(self, kind: str, cid: str, content: Json) -> None:
        """Of one's own log: what is said of another conversation."""
        notes = {
            "conversation.left": lambda: self._forget(cid),
            "conversation.joined": lambda: (self._discover(cid), self._pull(cid)),
            "conversation.updated": lambda: self._settle(cid, content),
            "message.hidden": lambda: self._hide(cid, content["seq"]),
            "history.cleared": lambda: [self._hide(cid, n) for n in range(1, content["before_seq"] + 1)],
            "message.starred": lambda: self.stars.add((cid, content["seq"])),
            "message.unstarred": lambda: self.stars.discard((cid, content["seq"])),
            "draft.updated": lambda: self._redraft(cid),
        }
        notes[kind]()

    def _hide(self, cid: str, seq: int) -> None:
        self.hidden.add((cid, seq))
        self.stars.discard((cid, seq))
        self.entries.get(cid, {}).pop(seq, None)

    def _settle(self, cid: str, content: Json) -> None:
        head = self.heads.get(cid)
        if head is not None:
            is_over = head["read_seq"] > content.get("read_seq", head["read_seq"])
            head |= {n: content[n] for n in SETTINGS if n in content and not (n == "marked_unread" and is_over)}

    def _redraft(self, cid: str) -> None:
        self._asking.add(task := asyncio.create_task(self._ask_draft(cid)))
        task.add_done_callback(self._asking.discard)
        self._redrafting[cid] = task

    async def _ask_draft(self, cid: str) -> None:
        draft = (await self.get(f"/v1/conversations/{cid}/draft")).get("draft")
        if asyncio.current_task() is not self._redrafting[cid]:
            return  # a later answer counts
        self.drafts.pop(cid, None)
        if draft is not None:
            self.drafts[cid] = draft

    @abstractmethod
    async def get(self, path: str) -> Json:
        """By REST."""

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
        if message.get("hidden") or (cid, seq) in self.hidden:
            return
        if message["content"] is None:
            self.stars.discard((cid, seq))
        if seq not in held or message["changed_rev"] > held[seq]["changed_rev"]:
            held[seq] = message
        head = self.heads.get(cid)
        if head and message["rev"] > head["rev"] and message["kind"] != "call":  # the server tells of those
            mark = "read_seq" if message["sender"] == self.me else "peer_read"
            if mark in head:
                head[mark] = max(head[mark], seq)

    def _marks(self, data: Json) -> None:
        head = self.heads.get(data["conversation"])
        if head is None:
            return
        if data["user"] == self.me:
            if data["read_seq"] > head["read_seq"]:
                head["marked_unread"] = False
            head["read_seq"] = max(head["read_seq"], data["read_seq"])
        elif "peer" in head:
            head["peer_read"] = max(head["peer_read"], data["read_seq"])
            head["peer_delivered"] = max(head["peer_delivered"], data["delivered_seq"])

    def _pull(self, cid: str) -> None:
        self._behind.add(cid)
        if cid not in self._pulling or self._pulling[cid].done():
            self._pulling[cid] = asyncio.create_task(self._pull_all(cid))

    async def _pull_all(self, cid: str) -> None:
        """Also what was seen to be missing after the last page was read, and before it was taken."""
        with contextlib.suppress(ConnectionError, Refused):
            while cid in self._behind:
                self._behind.discard(cid)
                while await self._pull_page(cid):
                    pass

    async def _pull_page(self, cid: str) -> bool:
        """Says whether there is more."""
        self.pulls += 1
        page = await self.call("pull", {"conversation": cid, "after_rev": self.cursors.get(cid, 0)})
        if page.get("reset"):
            self.entries[cid], self.cursors[cid] = {}, page["prev"]
        elif page["prev"] > self.cursors.get(cid, 0):  # it was left and begun anew meanwhile
            return True
        for item in page["items"]:
            if item["rev"] > self.cursors.get(cid, 0):
                self._draw(cid, item)
        return bool(self.cursors.get(cid, 0) < page["head"])

    def texts(self, conversation: str) -> list[str | None]:
        held = self.entries.get(conversation, {})
        return [(held[seq]["content"] or {}).get("text") for seq in sorted(held)]

    def revs(self, conversation: str) -> list[int]:
        """Revs in the order in which they were drawn."""
        return [rev for cid, rev in self.seen if cid == conversation]

    def state(self) -> Json:
        return {
            cid: {
                "rev": self.cursors[cid],
                "messages": self.entries.get(cid, {}),
                "unread": sum(self._is_unread(cid, message) for message in self.entries.get(cid, {}).values()),
                "mentions": sum(self._names_me(cid, message) for message in self.entries.get(cid, {}).values()),
                "stars": {seq for of, seq in self.stars if of == cid},
                "draft": self.drafts.get(cid),
                "settings": [head.get(name) or USUAL[name] for name in SETTINGS],
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
