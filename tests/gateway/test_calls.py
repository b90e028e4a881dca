"""A call: it rings everywhere, one device gets it, and one message is left of it."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from friends import actions as friends
from messaging import tasks
from messaging.models import Call
from tests.gateway.stage import Stage, django, rest, until
from tests.phone import Json, Phone, Refused


@pytest.fixture
def call() -> str:
    return str(uuid4())


async def signal(phone: Phone, call: str, kind: str, **more: Any) -> None:
    await phone.call("signal", {"call": call, "kind": kind, **more})


def heard(phone: Phone, call: str) -> list[str]:
    return [frame["kind"] for frame in signals(phone, call)]


def signals(phone: Phone, call: str) -> list[Json]:
    return [frame for frame in phone.frames_of("signal") if frame["call"] == call]


async def invite(stage: Stage, call: str, **more: Any) -> None:
    await signal(stage.of(stage.ann), call, "invite", **{"conversation": str(stage.direct), "media": "video", **more})


async def left(stage: Stage, seq: int) -> Json:
    """The message that the call left, as Bob sees it."""
    bob = stage.of(stage.bob)
    await until(lambda: seq in bob.entries[str(stage.direct)])
    message: Json = bob.entries[str(stage.direct)][seq]
    assert (message["kind"], message["sender"]) == ("call", str(stage.ann.id))
    return message["content"]


async def test_it_rings_on_all_devices_and_the_first_accept_ends_that(stage: Stage, call: str) -> None:
    ann, bob = stage.of(stage.ann), stage.of(stage.bob)
    elsewhere = Phone(await django(stage.bob.another_device), stage.gateways[1].url)
    await elsewhere.connect()
    await invite(stage, call, payload={"sdp": "v=0"})
    for phone in (bob, elsewhere):
        await until(lambda phone=phone: heard(phone, call) == ["invite"])
    [rings] = signals(bob, call)
    assert (rings["from"], rings["media"], rings["payload"]) == (str(stage.ann.id), "video", {"sdp": "v=0"})
    await signal(bob, call, "ringing")
    await signal(bob, call, "accept", payload={"sdp": "answer"})
    with pytest.raises(Refused, match="call_gone"):
        await signal(elsewhere, call, "accept")
    await until(lambda: heard(ann, call) == ["ringing", "accept"])
    await until(lambda: heard(elsewhere, call) == ["invite", "accept"])
    assert signals(elsewhere, call)[-1]["session"] == str(stage.bob.device)
    await elsewhere.close()


async def test_of_two_devices_that_accept_at_once_one_has_the_call(stage: Stage, call: str) -> None:
    both = [stage.of(stage.bob), Phone(await django(stage.bob.another_device), stage.gateways[1].url)]
    await both[1].connect()
    await invite(stage, call)
    for phone in both:
        await until(lambda phone=phone: heard(phone, call) == ["invite"])
    answers = await asyncio.gather(*(signal(phone, call, "accept") for phone in both), return_exceptions=True)
    [refused] = [answer for answer in answers if answer is not None]
    assert isinstance(refused, Refused)
    assert "call_gone" in str(refused)
    taker = both[answers.index(None)]
    await until(lambda: heard(stage.of(stage.ann), call) == ["accept"])
    assert signals(stage.of(stage.ann), call)[0]["session"] == taker.welcomed["session"]
    await both[1].close()


async def test_what_two_devices_say_of_their_connection_is_theirs(stage: Stage, call: str) -> None:
    ann, bob = stage.of(stage.ann), stage.of(stage.bob)
    second = Phone(await django(stage.bob.another_device), stage.gateways[0].url)
    await second.connect()
    await invite(stage, call)
    await signal(bob, call, "accept")
    for phone, kind in ((ann, "offer"), (bob, "answer"), (ann, "candidate"), (bob, "candidate")):
        await signal(phone, call, kind, payload={"n": kind})
    await until(lambda: heard(bob, call) == ["invite", "accept", "offer", "candidate"])
    await until(lambda: heard(ann, call) == ["accept", "answer", "candidate"])
    assert heard(second, call) == ["invite", "accept"]
    with pytest.raises(Refused, match="call_gone"):
        await signal(second, call, "hangup")
    await second.close()


ENDINGS = [
    ("completed", [("bob", "accept"), ("ann", "hangup")]),
    ("completed", [("bob", "accept"), ("bob", "hangup")]),
    ("rejected", [("bob", "reject")]),
    ("busy", [("bob", "busy")]),
    ("cancelled", [("ann", "cancel")]),
]


@pytest.mark.parametrize(("outcome", "steps"), ENDINGS)
async def test_one_message_is_left_with_the_outcome(
    stage: Stage, call: str, outcome: str, steps: list[tuple[str, str]]
) -> None:
    await invite(stage, call)
    began = time.monotonic()
    for who, kind in steps:
        await signal(stage.of(getattr(stage, who)), call, kind)
    longest = round(time.monotonic() - began)
    content = await left(stage, 4)
    lasted = {"duration_s": max(0, min(content["duration_s"], longest))} if outcome == "completed" else {}
    assert content == {"call": call, "media": "video", "outcome": outcome, **lasted}
    ends = steps[-1][1]
    await until(lambda: heard(stage.of(stage.ann), call)[-1:] == heard(stage.of(stage.bob, 1), call)[-1:] == [ends])
    await signal(stage.of(stage.ann), call, "hangup")
    await stage.check()
    assert len(stage.of(stage.bob).entries[str(stage.direct)]) == 4, "once"
    head = stage.of(stage.bob).heads[str(stage.direct)]
    assert head["read_seq"] == 0, "he had not read what was before"
    with pytest.raises(Refused, match="call_gone"):
        await invite(stage, call)


async def test_who_was_there_has_read_of_it(stage: Stage, call: str) -> None:
    await stage.of(stage.bob).call("mark", {"conversation": str(stage.direct), "read_seq": 3})
    await invite(stage, call)
    await signal(stage.of(stage.bob), call, "reject")
    await left(stage, 4)
    state = await stage.of(stage.bob).fetch()
    assert state[str(stage.direct)]["unread"] == 0


async def test_a_caller_who_had_not_read_all_has_not_read_it_now(stage: Stage, call: str) -> None:
    await stage.of(stage.bob).say("one more", str(stage.direct))
    await invite(stage, call)
    await signal(stage.of(stage.bob), call, "reject")
    await left(stage, 5)
    await stage.check()
    state = await stage.of(stage.ann).fetch()
    assert (state[str(stage.direct)]["read_seq"], state[str(stage.direct)]["unread"]) == (3, 1)


async def test_a_call_lasts_from_its_acceptance_to_its_end(stage: Stage, call: str) -> None:
    await invite(stage, call)
    await signal(stage.of(stage.bob), call, "accept")
    await django(Call.objects.update, accepted_at=timezone.now() - timedelta(seconds=65))
    await signal(stage.of(stage.ann), call, "hangup")
    assert 65 <= (await left(stage, 4))["duration_s"] < 120


async def test_nobody_answers(stage: Stage, call: str) -> None:
    await invite(stage, call)
    assert await django(tasks.end_calls) == 0
    await django(Call.objects.update, began_at=timezone.now() - timedelta(seconds=61))
    assert await django(tasks.end_calls) == 1
    assert (await left(stage, 4))["outcome"] == "missed"
    for phone in (stage.of(stage.ann), stage.of(stage.bob, 1)):
        await until(lambda phone=phone: heard(phone, call)[-1:] == ["timeout"])
    with pytest.raises(Refused, match="call_gone"):
        await signal(stage.of(stage.bob), call, "accept")
    await stage.check()
    state = await stage.of(stage.bob).fetch()
    assert state[str(stage.direct)]["unread"] == 4


async def test_a_call_that_both_devices_left_without_a_word_is_over(stage: Stage, call: str) -> None:
    await invite(stage, call)
    await signal(stage.of(stage.bob), call, "accept")
    await django(Call.objects.update, began_at=timezone.now() - timedelta(hours=12))
    assert await django(tasks.end_calls) == 0
    await django(Call.objects.update, accepted_at=timezone.now() - timedelta(hours=12, seconds=1))
    assert await django(tasks.end_calls) == 1
    assert await left(stage, 4) == {"call": call, "media": "video", "outcome": "completed"}
    await until(lambda: heard(stage.of(stage.ann), call)[-1:] == ["timeout"])
    await stage.check()


async def test_who_may_not_write_may_not_call(stage: Stage, call: str) -> None:
    await django(friends.block, user_id=stage.bob.id, other_id=stage.ann.id, now=timezone.now())
    with pytest.raises(Refused, match="not_friends"):
        await invite(stage, call)
    with pytest.raises(Refused, match="no_call_here"):
        await invite(stage, call, conversation=str(stage.group))
    with pytest.raises(Refused, match="not_a_member"):
        await signal(stage.of(stage.eve), call, "invite", conversation=str(stage.direct))
    with pytest.raises(Refused, match="call_gone"):
        await signal(stage.of(stage.eve), call, "candidate")
    assert heard(stage.of(stage.bob), call) == []


async def test_who_is_blocked_while_they_speak_hangs_up_and_leaves_no_message(stage: Stage, call: str) -> None:
    await invite(stage, call)
    await signal(stage.of(stage.bob), call, "accept")
    await django(friends.block, user_id=stage.bob.id, other_id=stage.ann.id, now=timezone.now())
    await signal(stage.of(stage.ann), call, "hangup")
    assert (await django(Call.objects.get)).outcome == "completed"
    await stage.check()
    assert len(stage.of(stage.bob).entries[str(stage.direct)]) == 3


async def test_a_stranger_takes_no_part(stage: Stage, call: str) -> None:
    await invite(stage, call)
    for kind in ("accept", "reject", "offer", "hangup"):
        with pytest.raises(Refused, match="call_gone"):
            await signal(stage.of(stage.eve), call, kind)
    with pytest.raises(Refused, match="call_gone"):
        await signal(stage.of(stage.bob), call, "invite", conversation=str(stage.direct))
    with pytest.raises(Refused, match="bad_request"):
        await signal(stage.of(stage.ann), call, "offer", payload="x" * 16_384)


async def test_turn_servers_know_the_credentials(stage: Stage, gateway: Callable[..., Any]) -> None:
    server = await gateway(STUN_URLS="stun:stun.example.com", TURN_URLS="turn:t.example.com:3478", TURN_SECRET="s3cret")
    status, found = await rest(server, stage.ann, "GET", "/v1/calls/ice")
    stun, turn = found["ice_servers"]
    assert (status, stun) == (200, {"urls": ["stun:stun.example.com"]})
    expected = base64.b64encode(hmac.new(b"s3cret", turn["username"].encode(), hashlib.sha1).digest()).decode()
    assert (turn["urls"], turn["credential"]) == (["turn:t.example.com:3478"], expected)
    ends, _, who = turn["username"].partition(":")
    assert who == str(stage.ann.id)
    assert 0 < int(ends) - timezone.now().timestamp() <= 43_200


async def test_a_call_that_is_over_is_no_channel(stage: Stage, call: str) -> None:
    ann, bob = stage.of(stage.ann), stage.of(stage.bob)
    await invite(stage, call)
    await signal(bob, call, "accept")
    await signal(ann, call, "hangup")
    await until(lambda: heard(bob, call)[-1:] == ["hangup"])
    for kind in ("offer", "candidate", "ringing"):
        with pytest.raises(Refused, match="call_gone"):
            await signal(ann, call, kind)
    for kind in ("hangup", "cancel"):
        await signal(ann, call, kind)
    await bob.say("done", str(stage.direct))
    await stage.converge()
    assert heard(bob, call).count("hangup") == 1
    assert "cancel" not in heard(bob, call)


async def test_nothing_passes_across_a_block(stage: Stage, call: str) -> None:
    ann = stage.of(stage.ann)
    await invite(stage, call)
    await django(friends.block, user_id=stage.bob.id, other_id=stage.ann.id, now=timezone.now())
    with pytest.raises(Refused, match="not_friends"):
        await invite(stage, call)
    with pytest.raises(Refused, match="call_gone"):
        await signal(ann, call, "offer")
    await signal(ann, call, "cancel", payload={"words": "that he is not to hear"})
    await until(lambda: heard(stage.of(stage.bob), call)[-1:] == ["cancel"])
    assert signals(stage.of(stage.bob), call)[-1]["payload"] is None


async def test_who_is_blocked_while_it_rings_cannot_accept(stage: Stage, call: str) -> None:
    await invite(stage, call)
    await django(friends.block, user_id=stage.ann.id, other_id=stage.bob.id, now=timezone.now())
    with pytest.raises(Refused, match="call_gone"):
        await signal(stage.of(stage.bob), call, "accept", payload={"words": "that she is not to hear"})
    await signal(stage.of(stage.ann), call, "cancel")
    assert (await django(Call.objects.get)).outcome == "cancelled"
    await until(lambda: heard(stage.of(stage.ann), call) == ["cancel"])


async def test_a_call_is_not_accepted_after_its_time(stage: Stage, call: str) -> None:
    await invite(stage, call)
    await django(Call.objects.update, began_at=timezone.now() - timedelta(seconds=61))
    with pytest.raises(Refused, match="call_gone"):
        await signal(stage.of(stage.bob), call, "accept")
    assert await django(tasks.end_calls) == 1
    assert (await left(stage, 4))["outcome"] == "missed"
