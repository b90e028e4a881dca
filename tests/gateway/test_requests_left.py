"""Clients that give up while the database is slow."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest

from tests import make
from tests.gateway.stage import django, rest, until
from tests.make import Person
from tests.processes import database_url

POOL = 2


async def give_up(client: httpx2.AsyncClient, path: str, person: Person) -> None:
    draft = {"key": str(uuid4()), "kind": "text", "content": {"text": "hello"}}
    with pytest.raises(httpx2.TimeoutException):
        await client.post(path, json=draft, headers={"authorization": f"Bearer {person.token}"})


async def test_what_they_leave_behind_is_taken_up_by_others(people: list[Person], gateway: Callable[..., Any]) -> None:
    """Daphne ends a request whose client has been gone for 10 s; its connection must find back to the pool."""
    ann, bob, *_ = people
    server, direct = await gateway(DATABASE_POOL=str(POOL)), await django(make.direct, ann, bob)
    path = f"/v1/conversations/{direct}/messages"
    async with await psycopg.AsyncConnection.connect(database_url()) as link:
        await link.execute("select from conversation where id = %s for update", [direct])
        async with httpx2.AsyncClient(base_url=server.http, trust_env=False, timeout=1) as client:
            await asyncio.gather(*(give_up(client, path, ann) for _ in range(POOL)))
        await until(lambda: "took too long to shut down and was killed" in server.news(), 30)
        await asyncio.sleep(2)
    for _ in range(POOL * 2):
        status, _ = await asyncio.wait_for(rest(server, ann, "GET", path), 8)
        assert status == 200
