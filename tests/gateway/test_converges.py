"""Old state + live events = fresh fetch, for every action there is."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.utils import timezone

from messaging import actions
from tests import make
from tests.gateway.stage import Stage, django, rest
from tests.make import Person
from tests.phone import Phone, Refused

Act = Callable[[Stage], Awaitable[object]]
TABLE: list[tuple[str, Act]] = []  # (action, how it is done)
SHOWS_NOTHING = {"open_direct", "deny", "ring", "accept"}


def by(action: str) -> Callable[[Act], Act]:
    def enter(act: Act) -> Act:
        TABLE.append((action, act))
        return act

    return enter


@by("send")
async def a_socket_sends_to_a_person(on: Stage) -> None:
    await on.of(on.bob).say("hi", str(on.direct))


@by("send")
async def a_socket_sends_to_a_group_with_mentions_and_a_reply(on: Stage) -> None:
    mentions = [str(on.bob.id), "all", str(on.eve.id)]
    ok = await on.of(on.ann, 1).say("hi", str(on.group), mentions=mentions, reply_to=2)
    assert ok["mentions_dropped"] == [str(on.eve.id)]


@by("send")
async def a_socket_sends_to_itself(on: Stage) -> None:
    await on.of(on.ann).say("milk", str(on.notes))


@by("send")
async def a_socket_writes_to_somebody_for_the_first_time(on: Stage) -> None:
    await on.of(on.eve, 1).say("hello", to_user=str(on.cat.id))


@by("send")
async def rest_sends_to_a_person_a_group_and_oneself(on: Stage) -> None:
    for place in (on.direct, on.group, on.notes):
        draft = {"key": str(uuid4()), "kind": "custom", "content": {"any": [1, {"thing": None}]}}
        status, ok = await rest(on.gateways[0], on.ann, "POST", f"/v1/conversations/{place}/messages", draft)
        assert (status, ok["prev"], ok["duplicate"]) == (201, ok["rev"] - 1, False)


@by("send")
async def a_key_is_sent_again_by_both_doors(on: Stage) -> None:
    key = str(uuid4())
    first = await on.of(on.bob).say("once", str(on.direct), key=key)
    again = await on.of(on.bob, 1).say("once", str(on.direct), key=key)
    draft = {"key": key, "kind": "text", "content": {"text": "once"}}
    # The log compares content as it came; the test client spaces its JSON as this one does not.
    spaced = b'{"key":"%b","kind":"text","content":{"text": "once"}}' % key.encode()
    path = f"/v1/conversations/{on.direct}/messages"
    assert await rest(on.gateways[1], on.bob, "POST", path, spaced) == (200, {**first, "duplicate": True})
    assert again == {**first, "duplicate": True}
    status, problem = await rest(on.gateways[1], on.bob, "POST", path, {**draft, "content": {"text": "other"}})
    assert (status, problem["code"]) == (409, "key_reused")


@by("mark")
async def a_socket_reads(on: Stage) -> None:
    for place in (on.direct, on.group):
        assert (await on.of(on.bob).call("mark", {"conversation": str(place), "read_seq": 2}))["read_seq"] == 2
        assert (await on.of(on.bob).call("mark", {"conversation": str(place), "read_seq": 1}))["read_seq"] == 2


@by("mark")
async def rest_reads(on: Stage) -> None:
    path = f"/v1/conversations/{on.direct}/mark"
    status, mark = await rest(on.gateways[1], on.bob, "POST", path, {"read_seq": 99})
    assert (status, mark["read_seq"]) == (200, 3)


@by("edit")
async def rest_edits(on: Stage) -> None:
    for place in (on.direct, on.group):
        path = f"/v1/conversations/{place}/messages/2"
        status, message = await rest(on.gateways[0], on.ann, "PATCH", path, {"content": {"text": "better"}})
        assert (status, message["content"]) == (200, {"text": "better"})


@by("edit")
async def an_edit_names_others(on: Stage) -> None:
    path = f"/v1/conversations/{on.group}/messages/2"
    for names in ([str(on.bob.id), "all"], [str(on.cat.id)]):
        body = {"content": {"text": "you!"}, "mentions": names}
        assert (await rest(on.gateways[0], on.ann, "PATCH", path, body))[0] == 200


@by("forward")
async def messages_are_forwarded(on: Stage) -> None:
    for place, source in ((on.group, on.direct), (on.notes, on.group)):
        body = {"conversation": str(source), "seqs": [2, 1], "key": str(uuid4())}
        for _ in range(2):
            status, made = await rest(on.gateways[1], on.ann, "POST", f"/v1/conversations/{place}/forward", body)
            assert (status, made["seqs"]) == (200, [4, 5])


@by("recall")
async def rest_recalls(on: Stage) -> None:
    for place in (on.direct, on.group):
        status, stub = await rest(on.gateways[1], on.ann, "DELETE", f"/v1/conversations/{place}/messages/3")
        assert (status, stub["content"], stub["recalled"]["by"]) == (200, None, str(on.ann.id))


@by("recall_by_staff")
async def staff_recall(on: Stage) -> None:
    for place in (on.direct, on.group):
        await django(actions.recall_by_staff, conversation_id=place, seq=2)


@by("recall")
async def a_recall_meets_edits_and_sends(on: Stage) -> None:
    path = f"/v1/conversations/{on.group}/messages/1"
    await asyncio.gather(
        rest(on.gateways[0], on.ann, "PATCH", path, {"content": {"text": "better"}}),
        rest(on.gateways[1], on.ann, "DELETE", path),
        *(on.of(person, i % 2).say(f"{i}", str(on.group)) for i, person in enumerate([on.ann, on.bob, on.cat] * 3)),
    )


@by("open_direct")
async def rest_opens_a_conversation(on: Stage) -> None:
    status, head = await rest(on.gateways[0], on.eve, "POST", "/v1/conversations", {"user": str(on.ann.id)})
    assert (status, head["rev"], head["peer"]["id"]) == (200, 0, str(on.ann.id))


@by("open_group")
async def a_group_opens_and_talks(on: Stage) -> None:
    group = await django(make.group, on.eve, on.bob, on.ann, title="New")
    await on.of(on.eve).say("welcome", str(group))


@by("add_members")
async def people_join_a_group(on: Stage) -> None:
    added = await django(actions.add_members, conversation_id=on.group, user_ids=[on.eve.id, on.bob.id], by=on.ann.id)
    assert added == [on.eve.id]
    await on.of(on.eve, 1).say("thanks", str(on.group))
    await rest(on.gateways[0], on.ann, "PATCH", f"/v1/conversations/{on.group}/messages/1", {"content": {"text": "x"}})


@by("remove_members")
async def people_leave_a_group(on: Stage) -> None:
    gone = await django(actions.remove_members, conversation_id=on.group, user_ids=[on.bob.id, on.eve.id], by=on.ann.id)
    assert gone == [on.bob.id]
    await on.of(on.ann).say("alone with Cat", str(on.group))


@by("remove_members")
async def somebody_leaves_and_comes_back(on: Stage) -> None:
    await django(actions.remove_members, conversation_id=on.group, user_ids=[on.bob.id], by=on.ann.id)
    await on.of(on.cat).say("not for Bob", str(on.group))
    await django(actions.add_members, conversation_id=on.group, user_ids=[on.bob.id], by=on.ann.id)
    await on.of(on.cat, 1).say("for Bob", str(on.group))


@by("tell")
async def a_person_changes_what_the_other_devices_show(on: Stage) -> None:
    status, _ = await rest(on.gateways[0], on.ann, "PATCH", "/v1/me", {"bio": "Gardener", "time_zone": "UTC"})
    assert status == 200
    status, _ = await rest(on.gateways[1], on.ann, "PATCH", f"/v1/me/devices/{on.ann.device}", {"name": "Phone"})
    assert status == 200


MESSAGE = "/v1/conversations/{}/messages/{}"


async def asks(on: Stage, person: Person, method: str, path: str, body: object = None) -> None:
    status, answer = await rest(on.gateways[1], person, method, path, body)
    assert status in (200, 204), answer


@by("react")
async def people_react(on: Stage) -> None:
    for person, emoji in ((on.ann, "👍"), (on.bob, "👍"), (on.bob, "❤️"), (on.cat, "👩‍👩‍👧‍👦")):
        await asks(on, person, "PUT", f"{MESSAGE.format(on.group, 2)}/reactions/{quote(emoji)}")
    await asks(on, on.bob, "PUT", f"{MESSAGE.format(on.direct, 1)}/reactions/{quote('❤')}")


@by("unreact")
async def somebody_takes_a_reaction_back(on: Stage) -> None:
    for method in ("PUT", "DELETE"):
        await asks(on, on.cat, method, f"{MESSAGE.format(on.group, 1)}/reactions/{quote('🎉')}")
    await asks(on, on.ann, "PUT", f"{MESSAGE.format(on.group, 1)}/reactions/{quote('🎉')}")


@by("pin")
async def messages_are_pinned_and_unpinned(on: Stage) -> None:
    for method, seq in (("PUT", 1), ("PUT", 2), ("DELETE", 1)):
        await asks(on, on.ann, method, f"/v1/conversations/{on.group}/pins/{seq}")
    await asks(on, on.bob, "PUT", f"/v1/conversations/{on.direct}/pins/3")


@by("hide")
async def somebody_deletes_messages_for_himself(on: Stage) -> None:
    for place, seq in ((on.group, 3), (on.direct, 1), (on.direct, 2)):
        await asks(on, on.bob, "DELETE", f"{MESSAGE.format(place, seq)}?for=me")


@by("clear")
async def somebody_clears_his_history(on: Stage) -> None:
    for seq in (2, 1):
        await asks(on, on.bob, "POST", f"/v1/conversations/{on.group}/clear", {"before_seq": seq})
    await asks(on, on.ann, "POST", f"/v1/conversations/{on.direct}/clear", {"before_seq": 999})
    await on.of(on.bob).say("anew", str(on.direct))


@by("star")
async def somebody_keeps_messages(on: Stage) -> None:
    for place, seq in ((on.group, 3), (on.direct, 1)):
        await asks(on, on.bob, "PUT", f"{MESSAGE.format(place, seq)}/star")


@by("unstar")
async def what_was_kept_goes_in_every_way(on: Stage) -> None:
    for seq in (1, 2, 3):
        await asks(on, on.bob, "PUT", f"{MESSAGE.format(on.group, seq)}/star")
    await asks(on, on.bob, "DELETE", f"{MESSAGE.format(on.group, 1)}/star")
    await asks(on, on.bob, "DELETE", f"{MESSAGE.format(on.group, 2)}?for=me")
    await asks(on, on.ann, "DELETE", MESSAGE.format(on.group, 3))


@by("save_draft")
async def somebody_begins_to_write_and_goes_on_elsewhere(on: Stage) -> None:
    path = f"/v1/conversations/{on.direct}/draft"
    for text in ("H", "Hello"):
        await asks(on, on.bob, "PUT", path, {"draft": {"text": text}})
    await asks(on, on.bob, "PUT", f"/v1/conversations/{on.group}/draft", {"draft": {"text": "never mind"}})
    await asks(on, on.bob, "DELETE", f"/v1/conversations/{on.group}/draft")


@by("settle")
async def somebody_arranges_his_conversations(on: Stage) -> None:
    for place, settings in (
        (on.direct, {"pinned": True, "notify": "nothing"}),
        (on.group, {"archived": True, "marked_unread": True, "notify": "mentions", "nickname": "Bobby"}),
        (on.group, {"archived": False}),
    ):
        await asks(on, on.bob, "PATCH", f"/v1/conversations/{place}/settings", settings)
    await asks(on, on.cat, "PATCH", f"/v1/conversations/{on.group}/settings", {"marked_unread": True})
    await on.of(on.cat).call("mark", {"conversation": str(on.group), "read_seq": 3})


async def calls(on: Stage, *kinds: tuple[Phone, str]) -> None:
    call = str(uuid4())
    for phone, kind in kinds:
        where = {"conversation": str(on.direct)} if kind == "invite" else {}
        await phone.call("signal", {"call": call, "kind": kind, **where})


@by("ring")
async def a_telephone_rings(on: Stage) -> None:
    await calls(on, (on.of(on.ann), "invite"), (on.of(on.bob), "ringing"))


@by("accept")
async def two_people_speak(on: Stage) -> None:
    await calls(on, (on.of(on.ann), "invite"), (on.of(on.bob), "accept"))


@by("end")
async def calls_end_in_every_way(on: Stage) -> None:
    ann, bob = on.of(on.ann), on.of(on.bob, 1)
    await bob.call("mark", {"conversation": str(on.direct), "read_seq": 3})
    await calls(on, (ann, "invite"), (bob, "accept"), (ann, "hangup"))
    await calls(on, (bob, "invite"), (ann, "reject"))
    await calls(on, (ann, "invite"), (ann, "cancel"))
    await calls(on, (bob, "invite"), (ann, "busy"))


@by("lapse")
async def a_call_is_missed(on: Stage) -> None:
    call = uuid4()
    await on.of(on.bob).call("signal", {"call": str(call), "kind": "invite", "conversation": str(on.direct)})
    late = timezone.now() + timedelta(seconds=61)
    assert not await django(actions.lapse, call_id=call, now=timezone.now())
    assert await django(actions.lapse, call_id=call, now=late)
    assert not await django(actions.lapse, call_id=call, now=late)


@by("deny")
async def somebody_may_not_post(on: Stage) -> None:
    await django(actions.deny, conversation_id=on.direct, user_id=on.bob.id, policies=3, denied=2)
    with pytest.raises(Refused, match="blocked"):
        await on.of(on.bob).say("let me in", str(on.direct))


@pytest.mark.parametrize(("action", "act"), TABLE, ids=[act.__name__ for _, act in TABLE])
async def test_devices_show_what_a_new_one_fetches(action: str, act: Act, stage: Stage) -> None:
    if action in SHOWS_NOTHING:
        await stage.settled()
    before = stage.states()
    await act(stage)
    await stage.check()
    assert (stage.states() == before) == (action in SHOWS_NOTHING)


async def test_the_sure_lane_changes_nothing_for_those_who_have_heard(stage: Stage, relay: None) -> None:
    await a_recall_meets_edits_and_sends(stage)
    await people_join_a_group(stage)
    await stage.check()


async def test_without_the_fast_lane_the_sure_lane_tells(
    stage: Stage, relay: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.announce.push.tell", lambda items: None)
    before = stage.states()
    for place in (stage.direct, stage.group):
        await django(make.message, stage.ann, place, "by the sure lane")
    await django(actions.recall, user_id=stage.ann.id, conversation_id=stage.group, seq=1, now=timezone.now())
    await stage.check()
    assert stage.states() != before


def test_every_action_is_in_the_table() -> None:
    public = {
        name
        for name, found in inspect.getmembers(actions, inspect.isfunction)
        if found.__module__.startswith("messaging.actions.") and not name.startswith("_")
    }
    assert public == {action for action, _ in TABLE}
