from functools import cache
from typing import LiteralString
from uuid import UUID

from django.db import models
from django.db.models import Func
from django.utils import timezone

from accounts.errors import AccountInactive, SessionEnded
from accounts.models.user import User
from imserver import database
from imserver.ids import uuid7

LOGGED_OUT, REPLACED = 4401, 4409  # close codes of docs/protocol.md


class DeviceQuerySet(models.QuerySet["Device"]):
    def of(self, user_id: UUID, device_id: UUID) -> "Device":
        """The device with its person, if both may still come in."""
        device = database.run(_of(user_id, device_id))
        if device is None:
            raise SessionEnded
        if not device.user.is_active:
            raise AccountInactive
        return device


def _of(user_id: UUID, device_id: UUID) -> database.Query["Device | None"]:
    """Each request asks this: written out, since to have Django spell it anew is half the cost of a page of history."""
    sql, of_device, of_user = _statement()
    rows = yield (sql, [device_id, user_id])
    if not rows:
        return None
    device = Device.from_db("default", of_device, rows[0][: len(of_device)])
    device.user = User.from_db("default", of_user, rows[0][len(of_device) :])
    return device


@cache
def _statement() -> tuple[LiteralString, list[str], list[str]]:
    """It, and the attributes of both that its columns are."""
    devices, users = Device._meta.concrete_fields, User._meta.concrete_fields
    columns = ", ".join([f"d.{field.column}" for field in devices] + [f"u.{field.column}" for field in users])
    tables = f"{Device._meta.db_table} d join {User._meta.db_table} u on u.id = d.user_id"
    sql = f"select {columns} from {tables} where d.id = %s and d.user_id = %s"
    return sql, [field.attname for field in devices], [field.attname for field in users]


class Device(models.Model):
    """One log-in. It lives as long as its Django session, which django-allauth works with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40)
    name = models.CharField(max_length=100, blank=True)
    platform = models.CharField(max_length=20, blank=True)
    app_version = models.CharField(max_length=20, blank=True)
    address = models.GenericIPAddressField(null=True)
    turn = models.PositiveIntegerField(default=0)  # of its newest refresh token
    turned_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session_key"], name="one_device_a_session")]

    def __str__(self) -> str:
        return self.name or str(self.id)


class Revoked(models.Model):
    """A device that was ended: gateways read the newest of these every second and close its sockets."""

    session_id = models.UUIDField(primary_key=True)
    code = models.SmallIntegerField(db_default=LOGGED_OUT)
    """That closes its sockets."""
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"), db_index=True)

    class Meta:
        db_table = "revoked"

    def __str__(self) -> str:
        return str(self.session_id)
