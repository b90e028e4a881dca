"""Log-ins that are named, and ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import rules
from accounts.actions.audit import note_ended
from accounts.actions.telling import tell
from accounts.errors import DeviceNotFound
from accounts.models import LOGGED_OUT, REPLACED, Device, Happened, Revoked
from imserver.realtime import push

# Longer than any access token lives: nobody asks for older ones.
_REMEMBER_REVOKED: Final = timedelta(days=1)


@transaction.atomic
def rename_device(*, user_id: UUID, device_id: UUID, name: str) -> Device:
    """Give one of one's own devices a name."""
    device = Device.objects.select_for_update().filter(user_id=user_id, pk=device_id).first()
    if device is None:
        raise DeviceNotFound
    name = rules.display_name(name)
    if device.name != name:
        device.name = name
        device.save(update_fields=["name"])
        tell(user_id, "session.updated", [{"session": str(device_id), "name": name}])
    return device


@transaction.atomic
def end_devices(
    *, devices: Sequence[Device], now: datetime, code: int = LOGGED_OUT, happened: Happened = Happened.ENDED
) -> None:
    """Log devices out everywhere: REST and refresh at once, sockets within a second. Safe to repeat."""
    keys = [device.pk for device in devices]
    present = list(Device.objects.select_for_update().filter(pk__in=keys).order_by("user_id", "pk"))
    Session.objects.filter(pk__in=[device.session_key for device in devices]).delete()
    Device.objects.filter(pk__in=keys).delete()
    Revoked.objects.filter(at__lt=now - _REMEMBER_REVOKED).delete()
    Revoked.objects.bulk_create([Revoked(session_id=key, code=code) for key in keys], ignore_conflicts=True)
    note_ended(Happened.REPLACED if code == REPLACED else happened, present)
    for user_id in {device.user_id for device in devices}:
        _close_sockets(user_id, [device.pk for device in devices if device.user_id == user_id], code)
    for user_id, ended in groupby(present, lambda device: device.user_id):
        tell(user_id, "session.revoked", [{"session": str(device.pk)} for device in ended])


def _close_sockets(user_id: UUID, ended: list[UUID], code: int) -> None:
    transaction.on_commit(lambda: push.revoked(user_id, ended, code), robust=True)


def end_session(*, session_key: str, now: datetime) -> None:
    """Log out the device of a Django session, if it has one."""
    end_devices(devices=list(Device.objects.filter(session_key=session_key)), now=now, happened=Happened.LOGGED_OUT)


@transaction.atomic
def end_other_devices(*, user_id: UUID, keep: UUID | None, now: datetime) -> int:
    """Log out all of one's devices but one. Returns how many there were."""
    others = [device for device in Device.objects.filter(user_id=user_id) if device.pk != keep]
    end_devices(devices=others, now=now)
    return len(others)
