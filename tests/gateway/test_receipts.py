"""Who shows nobody that he has read is shown nobody's reading; his own devices know all the same."""

import pytest

from accounts import actions as accounts
from tests.gateway.stage import Stage, django, until
from tests.make import Person
from tests.phone import Json, Phone


async def show(person: Person, *, receipts: bool) -> None:
    await django(accounts.update_privacy, user_id=person.id, changes={"read_receipts": receipts})


async def read(phone: Phone, conversation: object, seq: int) -> None:
    answer = await phone.call("mark", {"conversation": str(conversation), "read_seq": seq})
    assert answer["read_seq"] == seq


def heard(phone: Phone, who: Person, conversation: object) -> list[Json]:
    said = [mark for mark in phone.frames_of("marks") if mark["conversation"] == str(conversation)]
    return [mark for mark in said if mark["user"] == str(who.id)]


def peer_read(phone: Phone, stage: Stage) -> int:
    return int(phone.heads[str(stage.direct)]["peer_read"])


@pytest.mark.parametrize("whose", ["the reader's", "the other's"])
async def test_between_two_people_both_must_show_it(stage: Stage, whose: str) -> None:
    hidden = stage.bob if whose == "the reader's" else stage.ann
    await show(hidden, receipts=False)
    await read(stage.of(stage.bob), stage.direct, 2)
    await until(lambda: stage.of(stage.bob, 1).heads[str(stage.direct)]["read_seq"] == 2)
    await stage.check()
    for phone in (stage.of(stage.ann), stage.of(stage.ann, 1)):
        assert peer_read(phone, stage) == 0
        assert all(mark["read_seq"] == 0 for mark in heard(phone, stage.bob, stage.direct))
    await show(hidden, receipts=True)
    await read(stage.of(stage.bob), stage.direct, 3)
    await until(lambda: peer_read(stage.of(stage.ann, 1), stage) == 3)
    await stage.check()


async def test_who_writes_is_seen_to_have_read(stage: Stage) -> None:
    await show(stage.bob, receipts=False)
    await stage.of(stage.bob).say("so I did read it", str(stage.direct))
    await until(lambda: peer_read(stage.of(stage.ann), stage) == 4)
    await stage.check()


async def test_in_a_group_marks_pass_between_those_who_show_them(stage: Stage) -> None:
    ann, bob, cat = (stage.of(person) for person in (stage.ann, stage.bob, stage.cat))
    await show(stage.cat, receipts=False)
    await read(bob, stage.group, 2)
    await read(cat, stage.group, 3)
    await until(lambda: [mark["read_seq"] for mark in heard(ann, stage.bob, stage.group)][-1:] == [2])
    await until(lambda: stage.of(stage.cat, 1).heads[str(stage.group)]["read_seq"] == 3)
    await stage.check()
    for phone, whose in ((cat, stage.bob), (ann, stage.cat), (bob, stage.cat)):
        assert all(mark["read_seq"] == 0 for mark in heard(phone, whose, stage.group))
