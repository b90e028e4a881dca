"""People, devices and conversations made straight in the database; and what the log holds of them in the end."""

import uuid
from collections.abc import Iterator
from urllib.parse import urljoin

from django.db import connection
from django.utils import timezone

from accounts import tokens
from accounts.models import Device, User
from imserver import ids
from messaging import actions
from messaging.load import measure
from messaging.load.options import Options
from messaging.load.plan import Plan, Room, Seat, Seen
from messaging.load.report import Stored

PATH = "/v1/ws"
_STORED = """
    select c.id, c.rev, count(e.rev), count(e.seq), coalesce(max(e.seq) - min(e.seq) + 1, 0), count(distinct e.key)
    from unnest(%s::uuid[], %s::bigint[]) as w(id, first)
    join conversation c on c.id = w.id
    left join entry e on e.conversation_id = w.id and e.rev > w.first
    group by c.id
"""


def plans(options: Options, cores: list[int | None]) -> list[Plan]:
    """A plan for each client process; the conversations are dealt out in turn."""
    rooms = list(_rooms(options))
    parts = [rooms[first :: len(cores)] for first in range(len(cores))]
    address = urljoin(options.url, PATH)
    return [
        Plan(address, part, options.in_flight, rotate=options.is_group, size=options.size, core=core)
        for part, core in zip(parts, cores, strict=True)
        if part
    ]


def _rooms(options: Options) -> Iterator[Room]:
    people = _people(options.rooms * options.seats)
    for number in range(options.rooms):
        seats = people[number * options.seats : (number + 1) * options.seats]
        yield Room(str(_conversation(options, [user for user, _ in seats])), [Seat(*map(str, seat)) for seat in seats])


def _conversation(options: Options, members: list[uuid.UUID]) -> uuid.UUID:
    first, *others = members
    if not options.is_group:
        return actions.open_direct(user_id=first, other_id=others[0])
    return actions.open_group(title="load", owner_id=first, member_ids=others)


def _people(count: int) -> list[tuple[uuid.UUID, str]]:
    """New people, each with a device and the token of that device."""
    now = timezone.now()
    users = [_user(ids.uuid7()) for _ in range(count)]
    devices = [Device(user=user, session_key=user.id.hex, name="load") for user in users]
    User.objects.bulk_create(users, batch_size=1000)
    Device.objects.bulk_create(devices, batch_size=1000)
    return [(device.user_id, tokens.mint(device.user_id, device.id, now=now)) for device in devices]


def _user(user_id: uuid.UUID) -> User:
    name = f"load{user_id.hex[-20:]}"
    return User(id=user_id, username=name, email=f"{name}@load.invalid", display_name="Load", password="!")  # noqa: S106


def stored(rooms: list[Seen]) -> dict[str, Stored]:
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [[room.conversation for room in rooms], [room.first for room in rooms]])
        return {str(row[0]): Stored(*row[1:]) for row in cursor.fetchall()}


def postgres_pids() -> list[int]:
    """PostgreSQL's first process; none if it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        [backend] = cursor.fetchone()
    return measure.server_of(backend)
