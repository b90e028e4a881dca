"""What is read often is planned once for a connection, at both doors."""

import asyncio

import pytest
from django.db import connection

from accounts.models import Device, User
from imserver import database
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
SQL = "select %s::int + 40, 'prepared'"
PREPARED = "select count(*) from pg_prepared_statements where statement like '%%40, ''prepared''%%'"


def asked(number: int) -> database.Query[int]:
    rows = yield (SQL, [number])
    return int(rows[0][0])


def test_the_web_prepares_what_it_reads() -> None:
    assert [database.run(asked(number)) for number in (1, 2, 3)] == [41, 42, 43]
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        assert cursor.fetchone() == (1,)


def test_the_gateway_prepares_what_it_reads() -> None:
    async def read() -> tuple[list[int], int]:
        found = [await database.arun(asked(number)) for number in range(8)]
        async with database.connection() as link:
            rows = await (await link.execute(PREPARED.replace("%%", "%"))).fetchall()
        await database.close()
        return found, rows[0][0]

    assert asyncio.run(read()) == ([*range(40, 48)], 1)


def test_who_asks_is_read_whole() -> None:
    """By a statement of our own, and as Django would."""
    ann = make.person("ann")
    found = Device.objects.of(ann.id, ann.device)
    for one, same in ((found, Device.objects.get(pk=ann.device)), (found.user, User.objects.get(pk=ann.id))):
        assert fields(one) == fields(same)
        assert not one.get_deferred_fields()
        assert not one._state.adding


def fields(one: Device | User) -> dict[str, object]:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
