"""A device with everything that a client keeps: messages, groups and who is in them, invitations, blocks.

It does what docs/protocol.md tells clients to do.
"""

import asyncio
import copy
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from messaging import rules
from tests.knowledge import Json, Refused
from tests.make import Person
from tests.walk.club import Club
from tests.walk.lists import Lists
from tests.walk.owing import Ask, Owing
from tests.walk.web import Web


class Device(Owing):
    def __init__(self, person: Person, places: Sequence[tuple[str, Web]]):
        super().__init__(person, places[0][0])
        self.places = places
        self.clubs: dict[str, Club] = {}
        self.lists = Lists()
        self.outbox: list[Json] = []
        self.debts[("own",)] = 0
        self._unread: dict[str, list[Json]] = {}  # changes that came while a page was on its way
        self._unloaded: set[str] = set()
        self._settled: list[tuple[str, Json]] = []  # while heads are on their way
        self._syncs = 0
        self._log = str(rules.pair(person.id, person.id))

    def twin(self, person: Person) -> "Device":
        """Another device of this person, which has been there for as long, and knows as much."""
        found = Device(person, self.places)
        for name in ("epoch", "heads", "cursors", "entries", "stars", "drafts", "clubs"):
            setattr(found, name, copy.deepcopy(getattr(self, name)))
        found.debts.clear()
        return found

    # --- the connection -------------------------------------------------------------------------

    async def come(self, place: int) -> "Device":
        """By one of the gateways; everything that is owed is asked for."""
        self.url, self.web = self.places[place]
        await self.connect()
        for cid in sorted(self._unloaded & self.heads.keys()):
            await self._load(cid)
        self.pay()
        for draft in [*self.outbox]:
            with suppress(Refused):
                await self.call("message.send", draft)
            self.outbox.remove(draft)
        return self

    async def cut(self, draft: Json) -> None:
        """The network goes away in the middle of a sending; whether it arrived is not known."""
        self.outbox.append(draft)
        asking = asyncio.create_task(self.call("message.send", draft))
        await asyncio.sleep(random.random() * 0.005)
        await self.drop()
        with suppress(ConnectionError, Refused):
            await asking

    @property
    def is_quiet(self) -> bool:
        pulling = any(not task.done() for task in self._pulling.values())
        return self.connected and not (self.debts or pulling or self._unread or self._waiting)

    async def ready(self) -> "Device":
        """Once it has asked for everything."""
        while not self.is_quiet:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return self

    # --- what is asked for ----------------------------------------------------------------------

    def _kinds(self) -> dict[str, Ask]:
        return {
            "state": self._state,
            "draft": self._draft,
            "group": self._club,
            "head": self._head,
            "own": self._own_lists,
        }

    async def _state(self, cid: str, rev: int) -> Callable[[], None]:
        page = await self.call("pull", {"conversation": cid, "after_rev": rev - 1, "limit": 1})
        found = [item["state"] for item in page["items"] if item["rev"] == rev and "state" in item]
        return lambda: self._put(cid, found)

    def _put(self, cid: str, states: list[Json]) -> None:
        for state in states:
            if state["seq"] in self.entries.get(cid, {}):
                self._place(cid, state)

    async def _draft(self, cid: str) -> Callable[[], None]:
        draft = (await self.get(f"/v1/conversations/{cid}/draft")).get("draft")
        return lambda: self._put_draft(cid, draft)

    def _put_draft(self, cid: str, draft: Json | None) -> None:
        self.drafts.pop(cid, None)
        if draft is not None:
            self.drafts[cid] = draft

    async def _head(self, cid: str) -> Callable[[], None]:
        await self.sync(from_the_start=True)
        return lambda: None

    async def _club(self, cid: str) -> Callable[[], None]:
        path = f"/v1/groups/{cid}"
        group = (await self.get(path))["group"]
        members = (await self.get(f"{path}/members"))["items"]
        asked = (await self.get(f"{path}/join-requests"))["items"] if group["role"] != "member" else []
        return lambda: self._enter(cid, Club(self.me, group, members, asked))

    def _enter(self, cid: str, club: Club) -> None:
        self.clubs[cid] = club
        if cid in self.heads:
            self.heads[cid]["title"] = club.group["title"]

    async def _own_lists(self) -> Callable[[], None]:
        names = ("group-invitations", "group-join-requests", "blocks", "starred", "drafts")
        invitations, asked, blocks, stars, drafts = [(await self.get(f"/v1/{name}"))["items"] for name in names]

        def take() -> None:
            self.lists = Lists(invitations, asked, blocks)
            self.stars = {(star["conversation"], star["seq"]) for star in stars}
            self.drafts = {one["conversation"]: one["draft"] for one in drafts}

        return take

    async def _load(self, cid: str) -> None:
        """Every message, by pages. One that changes meanwhile may have been read before."""
        self._unread[cid] = []
        try:
            for message in await self.history(cid):
                self._place(cid, message)
        except Refused:
            return
        finally:
            changes = self._unread.pop(cid, [])
        self._unloaded.discard(cid)
        for item in changes:
            self._change(cid, item)

    # --- what comes -----------------------------------------------------------------------------

    async def sync(self, *, from_the_start: bool = False) -> Json:
        """What was set while it was on its way is newer."""
        self._syncs += 1
        try:
            answer = await super().sync(from_the_start=from_the_start)
            for cid, content in self._settled:
                super()._settle(cid, content)
        finally:
            self._syncs -= 1
            if not self._syncs:
                self._settled.clear()
        return answer

    def _take_heads(self, answer: Json, *, from_the_start: bool = False) -> None:
        titles = {cid: head["title"] for cid, head in self.heads.items()}
        fresh = {head["conversation"] for head in answer["heads"]} - self.cursors.keys()
        super()._take_heads(answer, from_the_start=from_the_start)
        self._unloaded |= set() if from_the_start else fresh
        if self._log in fresh and not from_the_start:
            self.owe("own")
        for head in answer["heads"]:
            cid = head["conversation"]
            if self.cursors[cid] > head["rev"]:
                self._is_newer(cid, titles.get(cid))
            if head["kind"] == "group" and (cid not in self.clubs or cid not in titles):
                self.owe("group", cid)

    def _is_newer(self, cid: str, title: str | None) -> None:
        """What is held here, than the head that came."""
        self.heads[cid]["title"] = title or self.heads[cid]["title"]
        for message in [*self.entries.get(cid, {}).values()]:
            self._place(cid, message)

    def _discover(self, cid: str) -> None:
        if cid not in self.heads and ("head", cid) not in self.debts:
            self.owe("head", cid)

    def _forget(self, cid: str) -> None:
        super()._forget(cid)
        self.clubs.pop(cid, None)
        self._unloaded.discard(cid)
        self.hidden = {(of, seq) for of, seq in self.hidden if of != cid}
        for debt in [debt for debt in self.debts if cid in debt]:
            del self.debts[debt]

    def _draw(self, cid: str, item: Json) -> None:
        super()._draw(cid, item)
        if "content" not in item or "seq" in item or "target" in item:
            return
        if cid == self._log:
            self._of_mine(item["kind"], item["content"])
        else:
            self._of_group(cid, item["kind"], item["content"])

    def _of_group(self, cid: str, kind: str, content: Json) -> None:
        if kind == "group.updated" and "title" in content and cid in self.heads:
            self.heads[cid]["title"] = content["title"]
        if cid not in self.clubs or ("group", cid) in self.debts or self.clubs[cid].take(kind, content):
            self.owe("group", cid)

    def _of_mine(self, kind: str, content: Json) -> None:
        self.lists.take(kind, content)
        if ("own",) in self.debts:
            self.owe("own")
        about_groups = {
            "join.requested": self._asked,
            "join.closed": self._closed,
            "announcement.read": self._has_read,
            "conversation.joined": lambda content: self.owe("group", content["conversation"]),
        }
        if kind in about_groups:
            about_groups[kind](content)

    def _closed(self, content: Json) -> None:
        self.lists.asked.pop(content["request"], None)
        for cid, club in self.clubs.items():
            club.requests.pop(content["request"], None)
            self._once_more(cid)

    def _has_read(self, content: Json) -> None:
        if club := self.clubs.get(content["group"]):
            club.has_read(content["number"])
        self._once_more(content["group"])

    def _asked(self, content: Json) -> None:
        request = content["request"]
        if request["person"]["id"] == self.me:
            self.lists.asked[request["id"]] = request
        elif request["group"] in self.clubs:
            self.clubs[request["group"]].requests[request["id"]] = request
        self._once_more(request["group"])

    def _once_more(self, cid: str) -> None:
        """What is on its way may be older than this."""
        if ("group", cid) in self.debts:
            self.owe("group", cid)

    def _settle(self, cid: str, content: Json) -> None:
        super()._settle(cid, content)
        if self._syncs:
            self._settled.append((cid, content))

    def _redraft(self, cid: str) -> None:
        self.owe("draft", cid)

    def _change(self, cid: str, item: Json) -> None:
        if cid in self._unread:
            self._unread[cid].append(item)
        if item["target"] not in self.entries.get(cid, {}):
            return
        if "state" in item:
            self._place(cid, item["state"])
        else:
            self.owe("state", cid, item["rev"])

    def _names_me(self, cid: str, message: Json) -> bool:
        return message["sender"] not in self.lists.blocks and super()._names_me(cid, message)

    def role_in(self, group: str) -> str:
        return str(self.clubs[group].group["role"]) if group in self.clubs else ""

    # --- what it shows --------------------------------------------------------------------------

    def state(self) -> Json:
        found = super().state()
        for cid, club in self.clubs.items():
            if cid in found:
                found[cid] |= club.state()
        return {**found, "own": self.lists.state()}

    async def fresh(self, place: int) -> "Device":
        """A new device of the same person, which has fetched everything. Its heads must fit its messages."""
        return await (await Device(self.person, self.places).come(place)).ready()

    def flaws(self) -> list[str]:
        """Where the server's own counts do not fit what it shows."""
        state, found = self.state(), []
        for cid, head in self.heads.items():
            messages = state[cid]["messages"]
            counted = {name: state[cid][name] for name in ("unread", "mentions")}
            counted["last"] = messages.get(max(messages, default=None))
            said = {name: head.get(name) for name in counted}
            if said != counted:
                found.append(f"the head of {head['kind']} {cid} says {said}, its messages {counted}")
        return found

    def waits_for(self) -> str:
        pulling = [cid for cid, task in self._pulling.items() if not task.done()]
        return f"debts {dict(Counter(debt[0] for debt in self.debts))}, pulls {pulling}, {len(self._waiting)} answers"
