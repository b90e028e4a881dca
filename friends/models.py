from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from friends import rules
from imserver.ids import uuid7


class State(models.IntegerChoices):
    PENDING = 1
    ACCEPTED = 2
    DECLINED = 3
    CANCELLED = 4


class RequestQuerySet(models.QuerySet["FriendRequest"]):
    def between(self, one: UUID, other: UUID) -> Self:
        return self.filter(Q(sender=one, receiver=other) | Q(sender=other, receiver=one))

    def open(self) -> Self:
        """As its sender sees it: he never learns that he was declined."""
        return self.filter(state__in=[State.PENDING, State.DECLINED])


class FriendRequest(models.Model):
    """One person asks another. After 30 days it has expired, whatever its state says."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sender = models.ForeignKey(User, models.CASCADE, related_name="+")
    receiver = models.ForeignKey(User, models.CASCADE, related_name="+")
    state = models.SmallIntegerField(choices=State, default=State.PENDING)
    message = models.CharField(max_length=rules.MESSAGE_LENGTH, blank=True)
    source = models.CharField(max_length=rules.SOURCE_LENGTH, blank=True)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        db_table = "friend_request"
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "receiver"], condition=Q(state=State.PENDING), name="one_request_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="a_request_is_to_another"),
        ]
        indexes = [models.Index(fields=["receiver", "id"]), models.Index(fields=["sender", "id"])]

    def __str__(self) -> str:
        return f"{self.sender_id} asks {self.receiver_id}"


class Friend(models.Model):
    """One side of a friendship: what `user` has noted of `friend`. The other side has its own."""

    pk = models.CompositePrimaryKey("user_id", "friend_id")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    friend = models.ForeignKey(User, models.CASCADE, related_name="+")
    remark = models.CharField(max_length=64, blank=True)
    tags = ArrayField(models.CharField(max_length=rules.TAG_LENGTH), default=list, blank=True)
    pinned = models.BooleanField(default=False)
    since = models.DateTimeField()

    class Meta:
        db_table = "friend"
        constraints = [models.CheckConstraint(condition=~Q(user=F("friend")), name="a_friend_is_another")]
        indexes = [GinIndex(fields=["tags"], name="friend_tags")]

    def __str__(self) -> str:
        return f"{self.friend_id} of {self.user_id}"


class Block(models.Model):
    """`user` wants nothing of `blocked`."""

    pk = models.CompositePrimaryKey("user_id", "blocked_id")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    blocked = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "block"
        constraints = [models.CheckConstraint(condition=~Q(user=F("blocked")), name="a_blocked_is_another")]

    def __str__(self) -> str:
        return f"{self.user_id} blocks {self.blocked_id}"
