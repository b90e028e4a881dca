"""hello, welcome and what a device that comes back is told."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from imserver import database
from messaging import actions, epochs
from messaging.models import Epoch
from tests import make
from tests.gateway.stage import Stage, converged, django
from tests.make import Person
from tests.phone import Json, Phone, Refused

PhoneOf = Callable[..., Phone]


async def test_the_welcome_says_who_one_is_and_what_holds_here(people: list[Person], phone: PhoneOf) -> None:
    ann = people[0]
    device = await phone(ann).connect()
    said = device.welcomed
    assert said["user"] == {"id": str(ann.id), "username": ann.username, "display_name": "Ann"}
    assert said["session"] == str(ann.device)
    assert said["limits"] == {**settings.LIMITS, "commands_per_second": 0}  # as tests/processes.py starts it
    assert said.keys() >= {"epoch", "limits", "ping_s", "feature_level", "server_time"}
    assert (said["heads"], said["left"], "reset" in said, "more" in said) == ([], [], False, False)


async def test_a_head_shows_the_last_message_title_unread_and_mentions(people: list[Person], phone: PhoneOf) -> None:
    ann, bob, cat, _ = people
    group = await django(make.group, ann, bob, cat, title="Climbing")
    direct = await django(make.direct, ann, bob)
    writer = await phone(ann).connect()
    for n in range(4):
        await writer.say(f"{n}", str(group), mentions=[str(bob.id)] if n % 2 else ["all"] if n == 2 else [])
        await writer.say(f"{n}", str(direct))
    await django(actions.recall, user_id=ann.id, conversation_id=group, seq=2, now=timezone.now())
    reader = await (await phone(bob, 1).connect()).load()
    heads = {head["kind"]: head for head in reader.welcomed["heads"]}
    assert {name: heads["group"][name] for name in ("title", "rev", "seq", "unread", "mentions")} == {
        "title": "Climbing", "rev": 6, "seq": 4, "unread": 3, "mentions": 2
    }  # fmt: skip
    assert heads["group"]["last"] == reader.entries[str(group)][4]
    assert "peer" not in heads["group"]
    assert (heads["direct"]["title"], heads["direct"]["unread"], heads["direct"]["peer_read"]) == ("Ann", 4, 4)
    assert heads["direct"]["peer"] == {"id": str(ann.id), "username": ann.username, "display_name": "Ann"}
    await converged([reader])


async def test_heads_that_are_equal_are_left_out(stage: Stage) -> None:
    await stage.settled()
    for device in stage.devices:
        await device.drop()
        await device.connect()
        assert (device.welcomed["heads"], device.welcomed["left"]) == ([], [])
        assert (await device.sync())["heads"] == []


async def test_a_mark_alone_brings_a_head(stage: Stage) -> None:
    await stage.settled()
    for device in stage.away:  # they learn of what was delivered, and go again
        await device.connect()
        await device.drop()
    await stage.of(stage.bob).call("mark", {"conversation": str(stage.direct), "read_seq": 2})
    mine, peers = stage.away[1], stage.away[0]
    await mine.connect()
    await peers.connect()
    assert [(head["conversation"], head["read_seq"]) for head in mine.welcomed["heads"]] == [(str(stage.direct), 2)]
    assert [(head["conversation"], head["peer_read"]) for head in peers.welcomed["heads"]] == [(str(stage.direct), 2)]


async def test_a_device_that_was_away_pulls_what_it_missed(stage: Stage) -> None:
    for n in range(450):  # more than two pages
        await stage.of(stage.bob).say(f"{n}", str(stage.group))
    await django(actions.recall, user_id=stage.ann.id, conversation_id=stage.group, seq=2, now=timezone.now())
    [back] = [device for device in stage.away if device.person == stage.cat]
    await back.connect()
    await converged([back])
    assert back.pulls == 3


async def test_a_head_above_ours_resets_the_conversation(stage: Stage) -> None:
    device = stage.away[0]
    device.cursors[str(stage.group)] += 7
    await device.connect()
    [head] = device.welcomed["heads"]
    assert (head["conversation"], head["reset"], device.welcomed.get("reset")) == (str(stage.group), True, None)
    await device.load()
    await converged([device])


async def test_another_epoch_resets_everything(stage: Stage) -> None:
    device, before = stage.away[0], stage.away[0].epoch
    await django(Epoch.objects.update, made_at=timezone.now() - timedelta(hours=1))
    await django(lambda: database.run(epochs.renew()))
    await device.connect()
    assert device.welcomed["reset"] is True
    assert device.epoch != before
    assert {head["conversation"] for head in device.welcomed["heads"]} >= {str(stage.direct), str(stage.group)}
    await device.load()
    await converged([device])


async def test_conversations_that_are_no_longer_ones_own_are_named(stage: Stage) -> None:
    await django(actions.remove_members, conversation_id=stage.group, user_ids=[stage.bob.id], by=stage.ann.id)
    device = stage.away[1]
    device.heads[nowhere := str(uuid4())] = {"read_seq": 0, "kind": "group"}
    device.cursors[nowhere] = 1
    await device.connect()
    assert set(device.welcomed["left"]) == {str(stage.group), nowhere}
    await converged([device])


async def test_many_conversations_come_in_pages(people: list[Person], phone: PhoneOf) -> None:
    ann, *_ = people
    await django(_many, ann, 430)
    device = await phone(ann).connect()
    assert len(device.welcomed["heads"]) == 200
    assert device.welcomed["more"] is True
    kinds = [head["kind"] for head in device.welcomed["heads"]]
    assert kinds == ["self", *["group"] * 199], "by one's own log a device follows all that is not here yet"
    assert len(device.heads) == 431  # with the self log, which says that she joined
    assert await device.sync() == {"heads": [], "left": []}


def _many(ann: Person, count: int) -> None:
    for n in range(count):
        make.group(ann, title=f"{n}")


async def test_sync_answers_as_the_welcome_does(stage: Stage) -> None:
    device = stage.away[2]
    for n in range(3):
        await stage.of(stage.ann).say(f"{n}", str(stage.group))
    await device.connect()
    resumed = device.welcomed["heads"]
    device.heads.clear()
    assert str(stage.group) in {head["conversation"] for head in (await device.sync())["heads"]}
    assert [head["conversation"] for head in resumed] == [str(stage.group)]


async def test_an_unknown_head_or_a_wrong_one_harms_nobody_else(people: list[Person], phone: PhoneOf) -> None:
    """All hellos of 20 ms share their queries."""
    ann, bob, *_ = people
    wrong: list[Json] = [
        {"heads": {str(uuid4()): [2**63]}},
        {"heads": {str(uuid4()): [2**70, -1, 2**200]}},
        {"heads": {str(uuid4()): []}},
        {"heads": {str(uuid4()): [1, 2, 3, 4, 5, 6]}},
        {"heads": {str(uuid4()): ["x"]}},
        {"heads": {"x": [1]}},
        {"heads": [1]},
        {"heads": {str(uuid4()): [None, None]}},
        {"epoch": "\x00"},
        {"device": {"name": "\x00"}},
    ]
    strangers = [phone(ann) for _ in wrong]
    good = [phone(bob) for _ in range(5)]
    for one in (*strangers, *good):
        await one.open()
    answers = await asyncio.gather(
        *(one.call("hello", {"token": ann.token, **data}) for one, data in zip(strangers, wrong, strict=True)),
        *(one.call("hello", {"token": bob.token}) for one in good),
        return_exceptions=True,
    )
    for answer in answers[: len(wrong)]:
        assert not isinstance(answer, Exception) or (isinstance(answer, Refused) and answer.code == "bad_request"), (
            answer
        )
    assert all(answer["user"]["id"] == str(bob.id) for answer in answers[len(wrong) :])
