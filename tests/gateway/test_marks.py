"""What is kept of deliveries, and a first message while nothing can be opened."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from messaging import rules
from messaging.models import Member
from tests import make
from tests.gateway.stage import django, until
from tests.make import Person
from tests.phone import Phone, Refused
from tests.processes import Gateway, database_url

PhoneOf = Callable[..., Phone]


def delivered(person: Person, conversation: UUID) -> int:
    return Member.objects.get(user_id=person.id, conversation_id=conversation).delivered_seq


async def test_deliveries_are_kept_in_direct_conversations_and_not_in_large_groups(
    people: list[Person], strict: Gateway, phone: PhoneOf
) -> None:
    ann, bob, cat, _ = people
    group = await django(make.group, ann, bob, cat)
    direct = await django(make.direct, ann, bob)
    writer, _ = await phone(ann).connect(), await phone(bob, strict).connect()
    await writer.say("to all", str(group))
    await writer.say("to you", str(direct))

    async def told() -> bool:
        return await django(delivered, bob, direct) == 1

    await until(told)
    assert await django(delivered, bob, group) == 0


async def test_a_first_message_that_finds_no_way_is_told_to_try_again_with_its_key(
    people: list[Person], gateway: Callable[..., Any], phone: PhoneOf
) -> None:
    ann, bob, *_ = people
    server = await gateway(DATABASE_URL=f"{database_url()} options='-c statement_timeout=1500'")
    writer, key = await phone(ann, server).connect(), str(uuid4())
    place = rules.pair(ann.id, bob.id)
    async with await psycopg.AsyncConnection.connect(database_url()) as other:
        await other.execute("insert into conversation (id, kind) values (%s, 1)", [place])  # and does not commit
        with pytest.raises(Refused, match="unavailable") as refused:
            await writer.say("hello", to_user=str(bob.id), key=key)
        assert refused.value.error["retry"] == "same_key"
        await other.rollback()
    assert (await writer.say("hello", to_user=str(bob.id), key=key))["seq"] == 1
    assert "Traceback" not in server.news()
