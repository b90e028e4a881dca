"""Our server, which takes ready frames, and any other ASGI server keep one contract."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from tests import make
from tests.gateway.raw import TEXT, Raw, frame
from tests.gateway.stage import converged, django, until
from tests.make import Person
from tests.phone import Json, Phone, Refused
from tests.processes import Gateway

PhoneOf = Callable[..., Phone]
Open = Callable[..., Awaitable[Raw]]


class PlainGateway(Gateway):
    """The same application on Daphne as it comes, without our protocol."""

    command = ("-m", "daphne", "-v", "0", "-b", "127.0.0.1", "imserver.asgi:application", "-p")


@pytest.fixture(params=[Gateway, PlainGateway])
async def server(
    request: pytest.FixtureRequest, gateways: tuple[Gateway, Gateway], _plain: Gateway
) -> AsyncIterator[Gateway]:
    found = gateways[0] if request.param is Gateway else _plain
    yield found
    assert "Traceback" not in (news := found.news()), news


@pytest.fixture(scope="module")
def _plain(django_db_setup: None) -> Iterator[Gateway]:
    gateway = PlainGateway()
    try:
        yield gateway.start()
    finally:
        gateway.stop()


async def test_both_send_receive_mark_and_pull(server: Gateway, people: list[Person], phone: PhoneOf) -> None:
    ann, bob, *_ = people
    one, other, elsewhere = phone(ann, server), phone(bob, server), phone(bob, 1)
    for device in (one, other, elsewhere):
        await device.connect()
    place = (await one.say("h\u00e9llo \U0001f600", to_user=str(bob.id)))["conversation"]
    await until(lambda: place in other.heads and place in elsewhere.heads)
    for n in range(100):
        await (one, other)[n % 2].say(f"{n}" * 200, place)
    await other.call("mark", {"conversation": place, "read_seq": 101})
    await converged([one, other, elsewhere])
    assert one.texts(place)[0] == "h\u00e9llo \U0001f600"
    assert one.pulls == other.pulls == elsewhere.pulls == 0


async def test_both_close_with_the_same_codes(server: Gateway, people: list[Person], phone: PhoneOf) -> None:
    device = phone(people[0], server)
    with pytest.raises(Refused, match="token_invalid"):
        await device.connect(token="x")
    assert await device.closed() == 4401
    await device.connect()
    await device.send_raw(b"binary")
    assert await device.closed() == 4400
    with pytest.raises(ConnectionError):
        await device.connect(subprotocols=["im.v0.json"])
    assert await device.closed() == 4410


async def test_both_close_a_slow_reader(server: Gateway, people: list[Person], phone: PhoneOf) -> None:
    ann, bob, *_ = people
    writer, slow = await phone(ann).connect(), phone(bob, server)
    slow.acking = False
    await slow.connect()
    place = (await writer.say("first", to_user=str(bob.id)))["conversation"]
    for _ in range(60):
        await writer.say("x" * 7_000, place)
    assert await slow.closed() == 4008


async def test_both_bound_the_unanswered_commands(server: Gateway, people: list[Person], raw: Open) -> None:
    """Ours reads no further; another server cannot, and refuses. Either way nothing is half done."""
    place = str(await django(make.direct, people[0], people[1]))
    link = await raw(server, people[0])
    drafts = [
        {"conversation": place, "key": f"01900000-0000-4000-8000-{n:012}", "kind": "text", "content": {"text": "x"}}
        for n in range(600)
    ]
    await link.send(
        *(
            frame(TEXT, json.dumps({"type": "message.send", "id": n, "data": draft}).encode())
            for n, draft in enumerate(drafts)
        )
    )
    answers: list[Json] = []
    while len(answers) < 600:
        said = json.loads((await link.receive())[1])
        answers += [said] if "id" in said else []
    done = [said["data"]["seq"] for said in answers if said["type"] == "ok"]
    refused = {said["data"]["code"] for said in answers if said["type"] == "error"}
    assert sorted(done) == list(range(1, len(done) + 1))
    assert refused == ({"too_many_commands"} if isinstance(server, PlainGateway) else set())
