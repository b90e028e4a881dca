"""Every entry reaches every device once and in order, and a key makes one message."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from imserver.ids import uuid7
from messaging.lanes import Lane
from messaging.models import Entry
from messaging.writes import Draft, Outcome
from tests import make
from tests.gateway.proxy import Proxy
from tests.gateway.stage import Stage, converged, django, rest
from tests.make import Person
from tests.phone import Phone, Refused
from tests.processes import database_address, database_url

PhoneOf = Callable[..., Phone]


def stored(conversation: UUID) -> list[tuple[int, str | None]]:
    return list(Entry.objects.filter(conversation_id=conversation).order_by("rev").values_list("rev", "content"))


async def all_know(stage: Stage) -> None:
    """What a gateway does not know yet it delivers as it comes: let both know, then count from here."""
    for conversation in (stage.group, stage.direct):
        await stage.devices[0].say("first", str(conversation))
    await stage.converge()
    for phone in stage.devices:
        phone.seen.clear()
        phone.pulls = 0


async def test_many_senders_at_once_and_each_device_sees_every_rev_once_in_order(stage: Stage) -> None:
    each, senders = 25, [*stage.devices[:6]]
    writes = [(phone, stage.group) for phone in senders] + [(phone, stage.direct) for phone in senders[:4]]

    async def write(phone: Phone, conversation: UUID) -> None:
        for start in range(0, each, 5):
            await asyncio.gather(*(phone.say(f"{start + i}", str(conversation)) for i in range(5)))

    await all_know(stage)
    await asyncio.gather(*(write(*one) for one in writes))
    await stage.converge()
    for conversation, listeners, count in ((stage.group, senders, 6), (stage.direct, senders[:4], 4)):
        first = len(await django(stored, conversation)) - each * count + 1
        for phone in listeners:
            assert phone.revs(str(conversation)) == list(range(first, first + each * count))
    assert sum(phone.pulls for phone in stage.devices) == 0  # `ok` and `entries` came in order, so nobody had to ask


async def test_a_key_that_stands_twice_in_a_batch_makes_one_message(stage: Stage) -> None:
    key, phone = str(uuid4()), stage.of(stage.ann)
    one, other = await asyncio.gather(*(phone.say("once", str(stage.direct), key=key) for _ in range(2)))
    assert (one["duplicate"], other) == (False, {**one, "duplicate": True})
    with pytest.raises(Refused, match="key_reused"):
        await phone.say("something else", str(stage.direct), key=key)
    await stage.converge()
    assert stage.of(stage.bob).texts(str(stage.direct))[-1] == "once"


async def test_a_key_used_on_two_gateways_at_once_makes_one_message(stage: Stage) -> None:
    one, other = stage.of(stage.ann, 0), stage.of(stage.ann, 1)
    for n in range(20):
        key = str(uuid4())
        found = await asyncio.gather(*(phone.say(f"{n}", str(stage.direct), key=key) for phone in (one, other)))
        assert sorted(ok["duplicate"] for ok in found) == [False, True]
        assert {ok["rev"] for ok in found} == {found[0]["rev"]}
    await stage.converge()
    assert stage.of(stage.bob).texts(str(stage.direct))[-20:] == [f"{n}" for n in range(20)]


async def test_a_key_used_for_two_conversations_at_once_makes_one_message(stage: Stage) -> None:
    for n in range(10):
        key = str(uuid4())
        found = await asyncio.gather(
            stage.of(stage.ann, 0).say(f"{n}", str(stage.direct), key=key),
            stage.of(stage.ann, 1).say(f"{n}", str(stage.group), key=key),
            return_exceptions=True,
        )
        [refused] = [one for one in found if isinstance(one, Exception)]
        assert isinstance(refused, Refused)
        assert refused.code == "key_reused"
    await stage.converge()


async def test_a_message_resent_after_its_connection_died_is_the_first_one(stage: Stage) -> None:
    for n in range(10):
        key = str(uuid4())
        draft = {"conversation": str(stage.direct), "key": key, "kind": "text", "content": {"text": f"{n}"}}
        await stage.of(stage.ann).tell("message.send", draft)
        await stage.of(stage.ann).drop()
        await stage.of(stage.ann).connect(stage.gateways[n % 2].url)
        await stage.of(stage.ann).call("message.send", draft)  # the first may have died with its connection
        again = await stage.of(stage.ann).call("message.send", draft)
        assert again["duplicate"]
    await stage.converge()
    assert stage.of(stage.bob, 1).texts(str(stage.direct))[-10:] == [f"{n}" for n in range(10)]


async def test_both_doors_share_the_keys(stage: Stage) -> None:
    body = b'{"key":"%b","kind":"text","content":{"text": "x"}}' % str(key := uuid7()).encode()
    path = f"/v1/conversations/{stage.direct}/messages"
    answers = await asyncio.gather(
        stage.of(stage.ann).say("x", str(stage.direct), key=str(key)),
        rest(stage.gateways[1], stage.ann, "POST", path, body),
    )
    assert answers[0]["rev"] == answers[1][1]["rev"]
    assert answers[0]["duplicate"] == (answers[1][0] == 201)


class Waits:
    """A draft in a lane, and what became of it."""

    socket = None

    def __init__(self, draft: Draft):
        self.draft, self.sender, self.rev = draft, str(draft.sender), 0
        self.result: asyncio.Future[int | str] = asyncio.get_running_loop().create_future()

    def appended(self, outcome: Outcome, created_at: str) -> None:
        self.rev = outcome.rev

    def give(self, prev: int) -> None:
        self.result.set_result(prev)

    def refused(self, outcome: Outcome) -> None:
        self.result.set_result("refused")

    def error(self, error: Exception) -> None:
        self.result.set_result(getattr(error, "code", "broken"))

    def fail(self) -> None:
        self.result.set_result("failed")


class Room:
    """A hub that gives each answer its turn."""

    def tell(self, items: object, answers: dict[str, list[Waits]]) -> None:
        for answer in (answer for waiting in answers.values() for answer in waiting):
            answer.give(answer.rev - 1)


async def test_a_draft_that_the_database_refuses_harms_nobody_in_its_batch(
    people: list[Person], caplog: pytest.LogCaptureFixture
) -> None:
    ann, bob, *_ = people
    place = await django(make.direct, ann, bob)

    def draft(content: bytes) -> Waits:
        return Waits(Draft(place, ann.id, uuid7(), 1, content))

    batch = [draft(b'{"text":"%d"}' % n) for n in range(7)]
    poisoned = [draft(b'{"text":"\x00"}'), draft(b'{"text":"\xed\xa0\x80"}')]
    lane = Lane(Room())  # type: ignore[arg-type]
    for one in (*batch[:3], poisoned[0], *batch[3:6], poisoned[1], batch[6]):
        lane.put(one)  # type: ignore[arg-type]
    running = asyncio.create_task(lane.run())
    results = await asyncio.gather(*(one.result for one in (*batch, *poisoned)))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await lane.close()
    assert results == [*range(7), "server_error", "server_error"]
    assert [rev for rev, _ in await django(stored, place)] == list(range(1, 8))
    assert len(caplog.records) == 2


async def test_a_commit_whose_answer_is_lost_is_acknowledged_once(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    ann, bob, *_ = people
    async with Proxy(*database_address()) as proxy:
        server = await gateway(DATABASE_URL=database_url(proxy.port))
        writer, reader = phone(ann, server), phone(bob)
        await writer.connect()
        await reader.connect()
        place = (await writer.say("first", to_user=str(bob.id)))["conversation"]
        for n in range(5):
            key = uuid4()
            proxy.swallow(key.bytes)
            ok = await writer.say(f"{n}", place, key=str(key))
            assert proxy.swallowed.is_set()
            assert ok["rev"] == n + 2
        await converged([writer, reader])
        assert reader.texts(place) == ["first", *map(str, range(5))]


async def test_a_database_that_is_away_for_a_while_delays_answers_and_loses_none(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    ann, bob, *_ = people
    async with Proxy(*database_address()) as proxy:
        server = await gateway(DATABASE_URL=database_url(proxy.port))
        writer, reader = await phone(ann, server).connect(), await phone(bob).connect()
        place = (await writer.say("first", to_user=str(bob.id)))["conversation"]
        proxy.cut()
        waiting = [asyncio.create_task(writer.say(f"{n}", place)) for n in range(10)]
        await asyncio.sleep(1)
        assert not any(task.done() for task in waiting)
        proxy.restore()
        found = await asyncio.gather(*waiting)
        assert [ok["rev"] for ok in found] == list(range(2, 12))
        await converged([writer, reader])
