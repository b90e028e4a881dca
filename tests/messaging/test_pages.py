"""A page costs the same statements with two rows on it and with a hundred, by REST and on a socket."""

import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync

from imserver import database
from imserver.gateway.socket import Call
from imserver.realtime.hub import Hub
from inbox.commands import Inbox, Pull
from messaging.commands import Messaging, Sync
from tests import make
from tests.accounts.conftest import Api
from tests.make import Person
from tests.statements import counted

pytestmark = pytest.mark.django_db(transaction=True)
FEW, MANY = 2, 100


class Place:
    """A group of so many members with so many messages, whose owner has so many conversations."""

    def __init__(self, rows: int):
        self.rows, self.owner = rows, make.person("ann")
        others = [make.person("bob") for _ in range(rows - 1)]
        self.group = make.group(self.owner, *others)
        self.api = Api(self.owner.token)
        for _ in range(rows):
            make.message(self.owner, self.group)
        for other in others:
            make.message(other, make.group(other, self.owner))


class Asked:
    """A command on a socket of this person, and how many rows it is answered with."""

    def __init__(self, person: Person):
        self.socket, self.rows = SimpleNamespace(user_id=person.id), 0

    def numbered(self, kind: bytes, said: bytes, _: object = ()) -> None:
        self.rows = len(json.loads(said)["heads" if kind == b"heads" else "items"])


def fetched(path: str) -> Callable[[Place], int]:
    return lambda place: len(place.api.get(path.format(place.group) + f"limit={MANY}")["items"])


def commanded(run: Callable[[Call, UUID], Awaitable[None]]) -> Callable[[Place], int]:
    async def ask(place: Place) -> int:
        call = Asked(place.owner)
        await run(cast(Call, call), place.group)
        return call.rows

    return lambda place: async_to_sync(with_pool)(ask(place))


def pull(**wanted: Any) -> Callable[[Place], int]:
    return commanded(lambda call, group: Inbox(cast(Hub, None)).pull(call, Pull(group, limit=MANY, **wanted)))


PAGES: dict[str, Callable[[Place], int]] = {
    "members by REST": fetched("/v1/groups/{}/members?"),
    "members by name by REST": fetched("/v1/groups/{}/members?q=b&"),
    "history by REST": fetched("/v1/conversations/{}/messages?"),
    "what happened by REST": fetched("/v1/conversations/{}/entries?after_rev=1&"),
    "conversations by REST": fetched("/v1/conversations?"),
    "history by socket": pull(),
    "older history by socket": pull(before_seq=1 << 40),
    "what happened by socket": pull(after_rev=1),
    "conversations by socket": commanded(lambda call, _: Messaging(cast(Hub, None)).sync(call, Sync())),
}


async def with_pool(read: Awaitable[int]) -> int:
    """The sockets' own connections belong to one event loop."""
    try:
        return await read
    finally:
        await database.close()


def test_a_page_costs_the_same_with_two_rows_and_with_a_hundred(
    monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    few, many = Place(FEW), Place(MANY)
    for name, read in PAGES.items():
        read(few)  # the first of all asks for what is kept in memory then
        counts = []
        for place in (few, many):
            with counted(monkeypatch) as found:
                rows = read(place)
            assert rows >= place.rows - 1
            counts.append(len(found))
        with subtests.test(name):
            assert counts[0] == counts[1]
            assert 0 < counts[0] <= 5
