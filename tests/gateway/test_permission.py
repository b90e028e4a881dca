"""Who may hear, who may no longer, and who may not come in."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from accounts.models import User
from imserver.ids import uuid7
from messaging import actions
from tests import make
from tests.gateway.stage import Stage, django, rest, until
from tests.make import Person
from tests.phone import Json, Phone, Refused
from tests.processes import Gateway

PhoneOf = Callable[..., Phone]


def items(phone: Phone, conversation: UUID) -> list[Json]:
    """Every entry of a conversation that came to this device by itself."""
    frames = [data for data in phone.frames_of("entries") if data["conversation"] == str(conversation)]
    return [item for data in frames for item in data["items"]]


def words(phone: Phone) -> int:
    """How many frames came for a reason."""
    return sum(frame["type"] != "ping" for frame in phone.frames)


async def chatter(phones: Sequence[Phone], conversation: UUID, stopping: asyncio.Event) -> None:
    async def talk(phone: Phone) -> None:
        while not stopping.is_set():
            await phone.say("words", str(conversation))
            await phone.tell("typing", {"conversation": str(conversation)})
            await asyncio.sleep(0.05)

    await asyncio.gather(*(talk(phone) for phone in phones))


async def test_removed_members_hear_nothing_later_and_newcomers_nothing_older(
    gateways: tuple[Gateway, Gateway], phone: PhoneOf
) -> None:
    """50 people are added and removed again while others talk."""
    people = await django(lambda: [make.person(f"p{i}") for i in range(52)])
    owner, talker, *crowd = people
    group = await django(make.group, owner, talker)
    talkers = [await phone(person, i).connect() for i, person in enumerate((owner, talker))]
    devices = [await phone(person, i % 2).connect() for i, person in enumerate(crowd)]
    stopping = asyncio.Event()
    talking = asyncio.create_task(chatter(talkers, group, stopping))
    for person in crowd:
        await django(actions.add_members, conversation_id=group, user_ids=[person.id], by=owner.id)
    await until(lambda: all(items(device, group) for device in devices))
    for person in crowd:
        await django(actions.remove_members, conversation_id=group, user_ids=[person.id], by=owner.id)
    stopping.set()
    await talking
    await until(lambda: all(str(group) not in device.heads for device in devices))
    await asyncio.gather(*(device.quiet(0.3) for device in devices))
    moves = {
        (entry["kind"], entry["content"].get("user")): entry["rev"] for entry in await everything(talkers[0], group)
    }
    for device in devices:
        revs = [item["rev"] for item in items(device, group)]
        assert moves["member.joined", device.me] <= min(revs)
        assert max(revs) < moves["member.left", device.me]
        assert str(group) not in device.heads
        await gets_nothing(device, group)
    heard = [words(device) for device in devices]
    await talkers[0].tell("typing", {"conversation": str(group)})
    await devices[0].tell("typing", {"conversation": str(group)})
    await talkers[1].say("the end", str(group))
    assert [words(device) for device in devices] == heard
    assert all(data["user"] != devices[0].me for data in talkers[0].frames_of("typing"))


async def test_newcomers_of_an_open_group_read_it_from_its_beginning(stage: Stage) -> None:
    await django(User.objects.filter(pk=stage.eve.id).update, added_to_groups="all")
    group, owner, eve = f"/v1/groups/{stage.group}", stage.ann, stage.of(stage.eve)
    for method, path, body in (
        ("PATCH", group, {"all_history": True}),
        ("POST", f"{group}/members", {"users": [str(stage.eve.id)]}),
    ):
        assert (await rest(stage.gateways[0], owner, method, path, body))[0] == 200
    await until(lambda: str(stage.group) in eve.heads)
    pulled = await eve.call("pull", {"conversation": str(stage.group), "after_rev": 0})
    assert [one["content"]["text"] for one in pulled["items"] if "seq" in one] == [f"message {n}" for n in range(3)]
    await stage.check()


async def test_the_first_word_to_oneself_makes_ones_notes(people: list[Person], phone: PhoneOf) -> None:
    eve = people[3]
    devices = [await phone(eve, gateway).connect() for gateway in (0, 1)]
    said = await devices[0].say("remember", to_user=str(eve.id))
    await until(lambda: said["conversation"] in devices[1].heads)
    assert devices[1].heads[said["conversation"]]["kind"] == "self"
    await until(lambda: devices[1].texts(said["conversation"]) == ["remember"])


async def gets_nothing(device: Phone, conversation: UUID) -> None:
    asked: list[tuple[str, Json]] = [("pull", {"after_rev": 0}), ("pull", {"before_seq": 10_000}), ("pull", {})]
    for kind, data in (*asked, ("mark", {"read_seq": 1})):
        with pytest.raises(Refused, match="not_a_member"):
            await device.call(kind, {"conversation": str(conversation), **data})
    with pytest.raises(Refused, match="not_a_member"):
        await device.say("let me in", str(conversation))


async def everything(phone: Phone, conversation: UUID) -> list[Json]:
    found: list[Json] = []
    while True:
        page = await phone.call("pull", {"conversation": str(conversation), "after_rev": len(found)})
        found += page["items"]
        if len(found) == page["head"]:
            return found


async def test_a_newcomer_sees_nothing_older_by_any_way(stage: Stage) -> None:
    await django(actions.add_members, conversation_id=stage.group, user_ids=[stage.eve.id], by=stage.ann.id)
    device = stage.of(stage.eve)
    await until(lambda: str(stage.group) in device.heads)
    await stage.of(stage.ann).say("for Eve too", str(stage.group))
    await rest(
        stage.gateways[0],
        stage.ann,
        "PATCH",
        f"/v1/conversations/{stage.group}/messages/1",
        {"content": {"text": "secret"}},
    )
    await until(lambda: device.cursors[str(stage.group)] == 7)
    assert [item["seq"] for item in await device.history(str(stage.group))] == [4]
    page = await device.call("pull", {"conversation": str(stage.group), "after_rev": 0})
    assert (page["prev"], page["reset"], [item["rev"] for item in page["items"]]) == (4, True, [5, 6, 7])
    assert "state" not in page["items"][2]
    assert all("state" not in item for item in items(device, stage.group))
    for path in ("messages/3", "messages?after_seq=0", "entries?after_rev=0"):
        _, said = await rest(stage.gateways[1], stage.eve, "GET", f"/v1/conversations/{stage.group}/{path}")
        assert "message 2" not in str(said)
        assert "secret" not in str(said)
    with pytest.raises(Refused, match="bad_reply"):
        await device.say("what?", str(stage.group), reply_to=2)


async def test_who_comes_back_starts_anew(stage: Stage) -> None:
    await django(actions.remove_members, conversation_id=stage.group, user_ids=[stage.bob.id], by=stage.ann.id)
    await stage.of(stage.ann).say("without Bob", str(stage.group))
    await django(actions.add_members, conversation_id=stage.group, user_ids=[stage.bob.id], by=stage.ann.id)
    await stage.of(stage.ann).say("with Bob", str(stage.group))
    for device in (stage.of(stage.bob, 0), stage.of(stage.bob, 1)):
        await until(lambda device=device: device.texts(str(stage.group)) == ["with Bob"])
    away = await stage.away[1].connect()
    await until(lambda: away.texts(str(stage.group)) == ["with Bob"])


async def test_those_who_are_online_hear_a_group_from_the_moment_they_join(stage: Stage) -> None:
    group = await django(make.group, stage.eve, stage.cat)
    devices = [stage.of(person, i) for person in (stage.eve, stage.cat) for i in range(2)]
    await until(lambda: all(str(group) in device.heads for device in devices))
    await stage.of(stage.eve).say("hello", str(group))
    await until(lambda: all(device.texts(str(group)) == ["hello"] for device in devices))


async def test_strangers_learn_nothing(stage: Stage) -> None:
    eve = stage.of(stage.eve)
    for place in (stage.direct, stage.group, stage.notes):
        await eve.tell("typing", {"conversation": str(place)})
        for kind, data in (("pull", {"after_rev": 0}), ("mark", {"read_seq": 1})):
            with pytest.raises(Refused, match="not_a_member"):
                await eve.call(kind, {"conversation": str(place), **data})
    with pytest.raises(Refused, match="user_not_found"):
        await eve.say("hello?", to_user="00000000-0000-4000-8000-000000000000")
    assert not stage.of(stage.bob).frames_of("typing")


async def test_what_another_opened_is_not_there_before_something_was_said(stage: Stage) -> None:
    place = str(await django(actions.open_direct, user_id=stage.ann.id, other_id=stage.eve.id))
    eve = stage.of(stage.eve)
    for kind, data in (
        ("pull", {"after_rev": 0}),
        ("mark", {"read_seq": 1}),
        ("signal", {"call": str(uuid7()), "kind": "invite"}),
        ("message.send", {"key": str(uuid7()), "kind": "text", "content": {"text": "hello?"}}),
    ):
        with pytest.raises(Refused, match="not_a_member"):
            await eve.call(kind, {"conversation": place, **data})
    await stage.of(stage.ann).say("hello", place)
    await until(lambda: eve.texts(place) == ["hello"])
    await eve.say("hello?", place)
    await until(lambda: stage.of(stage.ann).texts(place) == ["hello", "hello?"])


async def test_typing_reaches_the_others_and_nobody_else(stage: Stage) -> None:
    await stage.of(stage.ann).tell("typing", {"conversation": str(stage.direct)})
    await stage.of(stage.bob).tell("typing", {"conversation": str(stage.group)})
    said = {"conversation": str(stage.direct), "user": str(stage.ann.id)}
    await until(lambda: stage.of(stage.bob, 1).frames_of("typing") == [said])
    await until(lambda: len(stage.of(stage.cat, 1).frames_of("typing")) == 1)
    assert all("seq" not in data for device in stage.devices for data in device.frames_of("typing"))
    assert not stage.of(stage.eve).frames_of("typing")
    assert len(stage.of(stage.ann).frames_of("typing")) == 1
