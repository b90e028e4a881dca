from django.db import models
from django.db.models import Func

from accounts.models.user import User
from imserver.ids import uuid7

NAME_LENGTH = 64


class Happened(models.TextChoices):
    LOGGED_IN = "logged_in"
    REFUSED = "refused"
    LOGGED_OUT = "logged_out"
    ENDED = "ended"
    """By another device, a new password, or staff."""
    REPLACED = "replaced"
    TOKEN_REUSED = "token_reused"  # noqa: S105


class LoginEvent(models.Model):
    """A line of the audit of log-ins. SQL refuses to change one, and to delete one but by the clock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"), db_index=True)
    happened = models.CharField(max_length=20, choices=Happened)
    user = models.ForeignKey(User, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    """That was tried, if nobody is called so."""
    means = models.CharField(max_length=80, blank=True)
    """password, code, totp, ... or the provider; with a + where a second factor was needed."""
    code = models.CharField(max_length=40, blank=True)
    """Of the refusal."""
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "login_event"
        verbose_name = "log-in event"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.happened}"
