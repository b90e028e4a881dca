"""People with a device each, made straight in the database."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from django.utils import timezone

from accounts import tokens
from accounts.models import Device, User
from accounts.rules import Seen
from imserver import ids
from messaging.load.plan import Seat

One = TypeVar("One")


def make(count: int) -> list[Seat]:
    now = timezone.now()
    users = [_user(ids.uuid7()) for _ in range(count)]
    devices = [Device(user=user, session_key=user.id.hex, name="load") for user in users]
    User.objects.bulk_create(users, batch_size=1000)
    Device.objects.bulk_create(devices, batch_size=1000)
    return [Seat(str(device.user_id), tokens.mint(device.user_id, device.id, now=now)) for device in devices]


def _user(user_id: uuid.UUID) -> User:
    """Seen by everybody, also where only friends write to each other."""
    name = f"load{user_id.hex[-20:]}"
    return User(
        id=user_id,
        username=name,
        email=f"{name}@load.invalid",
        display_name="Load",
        password="!",  # noqa: S106
        presence=Seen.ALL,
    )


def dealt(things: Sequence[One], parts: int) -> list[list[One]]:
    """Dealt out in turn, a part for each client process."""
    return [list(things[first::parts]) for first in range(parts)]
