"""What a device knows, and how it came to know it. It follows the client's rules of the protocol, and complains."""

from collections.abc import Callable
from typing import Any

from tests.faults.check import View, fingerprint

Json = dict[str, Any]


class Memory:
    def __init__(self, name: str, user: str, text_of: Callable[[str], set[str | None]], want: Callable[[str], None]):
        """`text_of` says which texts the message of a key may have; `want` is called to pull a conversation."""
        self._name, self._user, self._text_of, self._want = name, user, text_of, want
        self.views: dict[str, View] = {}
        self.cursors: dict[str, int] = {}
        self.messages: dict[str, dict[int, tuple[int, str | None]]] = {}  # seq -> (changed_rev, text)
        self.heads: dict[str, Json] = {}
        self.marks: dict[str, list[int | None]] = {}  # read, peer_read, peer_delivered
        self.complaints: list[str] = []

    def complain(self, what: str) -> None:
        self.complaints.append(f"{self._name}: {what}")

    def said(self) -> dict[str, list[int | None]]:
        """The heads, for hello and sync."""
        return {cid: [rev, *self.marks.get(cid, [])] for cid, rev in self.cursors.items()}

    def state(self) -> Json:
        return {
            cid: {"rev": rev, "marks": self.marks.get(cid), "messages": self.messages[cid]}
            for cid, rev in self.cursors.items()
        }

    def take_heads(self, data: Json) -> None:
        for gone in data["left"]:
            self.complain(f"{gone} is said to be no longer mine")
        for head in data["heads"]:
            self._take_head(head)

    def _take_head(self, head: Json) -> None:
        cid = head["conversation"]
        cursor = self._cursor(cid, head["from_rev"])
        if head.get("reset") or head["rev"] < cursor:
            self.complain(f"I have {cid} up to {cursor}, the server up to {head['rev']}")
        self.heads[cid] = head
        self.marks[cid] = [head["read_seq"], head.get("peer_read"), head.get("peer_delivered")]
        if head["rev"] > cursor:
            self._want(cid)

    def _cursor(self, cid: str, after: int = 0) -> int:
        """A conversation that is new here is read from its beginning."""
        if cid not in self.cursors:
            self.cursors[cid] = after
            self.views[cid], self.messages[cid] = View(after), {}
        return self.cursors[cid]

    def take_pulled(self, data: Json) -> None:
        cid, prev, cursor = data["conversation"], data["prev"], self._cursor(data["conversation"])
        if data.get("reset") or prev > cursor:
            self.complain(f"a pull of {cid} after {cursor} came with what follows {prev}")
        self.take_entries(data)

    def take_entries(self, data: Json) -> None:
        cid, prev = data["conversation"], data["prev"]
        if prev > self._cursor(cid):
            self._want(cid)
            return
        for rev, item in enumerate(data["items"], prev + 1):
            if item["rev"] != rev:
                self.complain(f"{cid} rev {item['rev']} came in the place of {rev}")
            elif rev == self.cursors[cid] + 1:
                self._draw(cid, item)

    def take_ok(self, ok: Json, draft: Json) -> None:
        cid, cursor = ok["conversation"], self._cursor(ok["conversation"])
        if not ok["duplicate"] and ok["prev"] == cursor:
            self._advance(cid, ok["rev"], fingerprint("text", ok["seq"], self._user, draft["key"], None))
            self.messages[cid][ok["seq"]] = (ok["rev"], draft["content"]["text"])
        elif ok["rev"] > cursor:
            self._want(cid)

    def _advance(self, cid: str, rev: int, print_: int) -> None:
        self.cursors[cid] = rev
        self.views[cid].add(rev, print_)

    def _draw(self, cid: str, item: Json) -> None:
        told = fingerprint(item["kind"], item.get("seq"), item["sender"], item.get("key"), item.get("target"))
        self._advance(cid, item["rev"], told)
        if "seq" in item:
            self.keep(cid, item)
        elif "state" in item:
            self.keep(cid, item["state"])
        elif item["kind"] == "conversation.joined":
            self._want_new(item["content"]["conversation"])

    def _want_new(self, cid: str) -> None:
        self._cursor(cid)
        self._want(cid)

    def keep(self, cid: str, message: Json) -> None:
        held, seq = self.messages[cid], message["seq"]
        changed, text = message["changed_rev"], message["content"] and message["content"]["text"]
        if text not in self._text_of(message["key"]):
            self.complain(f"{cid} seq {seq} has a text that nobody wrote: {text!r}")
        if changed >= held.get(seq, (0, ""))[0]:
            held[seq] = (changed, text)

    def take_marks(self, data: Json) -> None:
        marks = self.marks.get(data["conversation"])
        if marks is None:
            return
        if data["user"] == self._user:
            marks[0] = max(marks[0] or 0, data["read_seq"])
        elif marks[1] is not None:
            marks[1:] = [max(marks[1], data["read_seq"]), max(marks[2] or 0, data["delivered_seq"])]
