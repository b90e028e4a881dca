"""What no client should send, through both doors: a stable code each, no trace in the log, and nobody else notices."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.gateway import nonsense
from tests.gateway.stage import rest, until
from tests.make import Person
from tests.phone import Json, Phone, Refused
from tests.processes import Gateway

PhoneOf = Callable[..., Phone]
cases = pytest.mark.parametrize
FAR_CURSOR = base64.urlsafe_b64encode(f"{10**20} {UUID(int=0)}".encode()).decode()
Pair = tuple[Phone, Phone, str]


@pytest.fixture
async def pair(people: list[Person], phone: PhoneOf) -> AsyncIterator[Pair]:
    """A device that misbehaves, one beside it that nobody disturbs, and their conversation."""
    bad, good = await phone(people[0]).connect(), await phone(people[1]).connect()
    place = (await good.say("before", to_user=str(people[0].id)))["conversation"]
    yield bad, good, place
    assert (await good.say("after", place))["seq"] == 2
    assert good.connected


async def complaint(phone: Phone, frame: bytes) -> str:
    """The code of the answer to a frame without a usable id."""
    before = len(phone.frames_of("error"))
    await phone.send_raw(frame, text=True)
    await until(lambda: len(phone.frames_of("error")) > before)
    code: str = phone.frames_of("error")[-1]["code"]
    return code


async def test_a_frame_that_is_none_has_a_code_and_three_in_all_end_the_socket(pair: Pair) -> None:
    bad, _, _ = pair
    for case, (frame, code) in nonsense.NO_OBJECT.items():
        for strike in range(3):
            assert await complaint(bad, frame) == code, case
            assert bad.connected or strike == 2
        if code != "bad_content":  # only its content: that is no reason to stop talking
            assert await bad.closed() == 4400, case
            await bad.connect()


async def test_a_body_that_is_none_has_a_code(pair: Pair, gateways: tuple[Gateway, Gateway]) -> None:
    bad, _, place = pair
    for case, (body, code) in nonsense.NO_OBJECT.items():
        status, problem = await rest(gateways[0], bad.person, "POST", f"/v1/conversations/{place}/messages", body)
        assert (status, problem["code"], problem["status"]) == (400, code, 400), case


async def test_a_binary_frame_ends_the_socket(pair: Pair) -> None:
    await pair[0].send_raw(b'{"type":"sync","id":1,"data":{}}')
    assert await pair[0].closed() == 4400


async def test_an_id_that_cannot_be_echoed_is_refused(pair: Pair) -> None:
    for call_id in nonsense.IDS:
        code = await complaint(pair[0], b'{"type":"sync","id":%b,"data":{}}' % call_id)
        assert code == "bad_request", call_id
        await pair[0].close()  # before the third strike
        await pair[0].connect()


async def test_unknown_fields_are_ignored(pair: Pair) -> None:
    frame = {"type": "sync", "id": 900, "data": {"heads": {}, "later": [1]}, "trace": {"x": None}}
    await pair[0].send_raw(json.dumps(frame))
    await until(lambda: any(frame.get("id") == 900 and frame["type"] == "heads" for frame in pair[0].frames))


async def test_a_wrong_command_is_answered_and_never_ends_the_socket(pair: Pair) -> None:
    bad, _, _ = pair
    for case, (kind, data, code) in nonsense.COMMANDS.items():
        with pytest.raises(Refused) as refused:
            await bad.call(kind, data)
        assert refused.value.code == code, case
    assert bad.connected


def draft(place: str, content: bytes, **members: Any) -> bytes:
    """A message as bytes, for both doors."""
    said = {"conversation": place, "key": str(uuid4()), "kind": "text", **members}
    return json.dumps(said)[:-1].encode() + b',"content":%b}' % content


async def refused_by_both(pair: Pair, gateway: Gateway, message: bytes, *, strikes: bool = False) -> tuple[str, str]:
    bad, _, place = pair
    socket = await complaint(bad, b'{"type":"message.send","id":"x","data":%b}' % message)
    _, problem = await rest(gateway, bad.person, "POST", f"/v1/conversations/{place}/messages", message)
    if strikes:
        await bad.close()
        await bad.connect()
    return socket, problem["code"]


async def test_bad_content_is_refused_with_one_code_by_both_doors(
    pair: Pair, gateways: tuple[Gateway, Gateway]
) -> None:
    for case, (content, code) in nonsense.CONTENTS.items():
        found = await refused_by_both(pair, gateways[1], draft(pair[2], content), strikes=code == "bad_json")
        assert found == (code, code), case


async def test_a_bad_message_is_refused_with_one_code_by_both_doors(
    pair: Pair, gateways: tuple[Gateway, Gateway]
) -> None:
    for case, (members, code) in nonsense.DRAFTS.items():
        found = await refused_by_both(pair, gateways[1], draft(pair[2], b'{"text":"x"}', **members))
        assert found == (code, code), case


async def test_a_body_beyond_every_limit_is_too_large(pair: Pair, gateways: tuple[Gateway, Gateway]) -> None:
    body = draft(pair[2], b'{"text":"%b"}' % (b"x" * 2_000_000))
    status, problem = await rest(gateways[0], pair[0].person, "POST", f"/v1/conversations/{pair[2]}/messages", body)
    assert (status, problem["code"]) == (413, "too_large")


async def test_wrong_addresses_and_queries_are_refused(pair: Pair, gateways: tuple[Gateway, Gateway]) -> None:
    place = f"/v1/conversations/{pair[2]}"
    wrong: list[tuple[str, str, Json | None, int]] = [
        ("GET", "/v1/conversations?cursor=!", None, 400),
        ("GET", f"/v1/conversations?cursor={FAR_CURSOR}", None, 400),
        ("GET", "/v1/conversations?limit=0", None, 400),
        ("GET", f"{place}/messages?limit=201", None, 400),
        ("GET", f"{place}/messages?before_seq=x", None, 400),
        ("GET", f"{place}/messages/{10**30}", None, 404),
        ("GET", f"{place}/entries", None, 400),
        ("GET", f"{place}/entries?after_rev={2**63}", None, 400),
        ("POST", f"{place}/mark", {"read_seq": -1}, 400),
        ("POST", "/v1/sync", {"heads": {pair[2]: [2**63]}}, 400),
        ("POST", "/v1/conversations", {"user": "x"}, 400),
        ("POST", "/v1/conversations", {"user": nonsense.KEY}, 404),
        ("PATCH", f"{place}/messages/1", {"content": {"text": "\x00"}}, 403),
        ("GET", "/v1/conversations/1", None, 404),
    ]  # fmt: skip
    for method, path, body, expected in wrong:
        status, problem = await rest(gateways[1], pair[0].person, method, path, body)
        assert (status, problem["status"]) == (expected, expected), path
