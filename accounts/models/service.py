from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.keys import PREFIX_LENGTH, SCOPES
from accounts.models.user import User
from imserver.ids import uuid7


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class ApiKey(models.Model):
    """With it a program of the host app acts as its service account. Only its hash is known here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=PREFIX_LENGTH, unique=True)
    hashed = models.BinaryField()
    scopes = ArrayField(models.CharField(max_length=16, choices=[(scope, scope) for scope in SCOPES]), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        db_table = "api_key"

    def __str__(self) -> str:
        return f"imk_{self.prefix}_..."
