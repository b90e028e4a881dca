from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from groups import rules
from imserver.ids import uuid7


class Group(models.Model):
    """What a group decides of itself. Its title is in the conversation's profile, who may write in the conversation."""

    conversation_id = models.UUIDField(primary_key=True)
    description = models.CharField(max_length=rules.DESCRIPTION_LENGTH, blank=True)
    all_history = models.BooleanField(default=False)
    """Newcomers see what was before them."""
    takes_requests = models.BooleanField(default=False)
    members_invite = models.BooleanField(default=False)
    limit = models.IntegerField(null=True)
    """Its own limit of members, given by staff."""
    announcement = models.CharField(max_length=rules.ANNOUNCEMENT_LENGTH, blank=True)
    announcement_number = models.IntegerField(default=0)
    announced_by = models.UUIDField(null=True)
    announced_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)
    key = models.UUIDField(null=True)
    """With which its founder made it: said again, it is the same group."""

    class Meta:
        db_table = "chat_group"
        constraints = [models.UniqueConstraint(fields=["made_by", "key"], name="one_group_a_key")]

    def __str__(self) -> str:
        return str(self.conversation_id)


class State(models.IntegerChoices):
    PENDING = 1
    ACCEPTED = 2
    DECLINED = 3
    CANCELLED = 4
    EXPIRED = 5


def is_open(now: datetime) -> Q:
    """Of Asked."""
    return Q(state=State.PENDING, at__gte=now - rules.INVITATION_LIVES)


class Asked(models.Model):
    """What both ways into a group that need a yes have in common. After 30 days it has expired."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group_id = models.UUIDField()
    title = models.TextField(default="", db_default="")
    """Of the group, when it was asked: whoever is outside hears of no other."""
    state = models.SmallIntegerField(choices=State, default=State.PENDING)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Invitation(Asked):
    """A member wants a person in the group, who is asked first."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        db_table = "group_invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "person"], condition=Q(state=State.PENDING), name="one_invitation_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["person", "id"], name="invitations_of")]

    def __str__(self) -> str:
        return f"{self.person_id} into {self.group_id}"


class JoinRequest(Asked):
    """A person wants into the group, and an admin says."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    message = models.CharField(max_length=rules.MESSAGE_LENGTH, blank=True)

    class Meta:
        db_table = "join_request"
        constraints = [
            models.UniqueConstraint(
                fields=["group_id", "person"], condition=Q(state=State.PENDING), name="one_join_request_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["group_id", "id"], name="join_requests_to")]

    def __str__(self) -> str:
        return f"{self.person_id} to {self.group_id}"


class LinkQuerySet(models.QuerySet["Link"]):
    def live(self, now: datetime) -> Self:
        unused = Q(most_uses=None) | Q(uses__lt=F("most_uses"))
        return self.filter(unused, Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class Link(models.Model):
    """Who has the token comes in, or may ask to."""

    token = models.CharField(primary_key=True, max_length=32)
    group_id = models.UUIDField(db_index=True)
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    most_uses = models.IntegerField(null=True)
    uses = models.IntegerField(default=0)
    needs_approval = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        db_table = "group_link"

    def __str__(self) -> str:
        return self.token


class BanQuerySet(models.QuerySet["Ban"]):
    def live(self, group_id: UUID, now: datetime) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=now), group_id=group_id)


class Ban(models.Model):
    """This person does not come in, by any way."""

    pk = models.CompositePrimaryKey("group_id", "person_id")
    group_id = models.UUIDField()
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=rules.REASON_LENGTH, blank=True)

    objects = BanQuerySet.as_manager()

    class Meta:
        db_table = "group_ban"

    def __str__(self) -> str:
        return f"{self.person_id} out of {self.group_id}"


class Former(models.Model):
    """Of somebody who left, what leaving does not undo: he finds it again when he comes back."""

    pk = models.CompositePrimaryKey("group_id", "person_id")
    group_id = models.UUIDField()
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    muted_until = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "former_member"

    def __str__(self) -> str:
        return f"{self.person_id} once in {self.group_id}"


class MemberName(models.Model):
    """What a member of a group is found by, in small letters: user name, name, nickname. Triggers write it."""

    pk = models.CompositePrimaryKey("group_id", "name", "user_id")
    group_id = models.UUIDField()
    name = models.TextField(db_collation="C")
    user_id = models.UUIDField()

    class Meta:
        db_table = "member_name"
        indexes = [models.Index(fields=["user_id", "group_id"], name="names_of_member")]

    def __str__(self) -> str:
        return self.name


class AnnouncementRead(models.Model):
    """The newest announcement that a member has read."""

    pk = models.CompositePrimaryKey("group_id", "user_id")
    group_id = models.UUIDField()
    user_id = models.UUIDField()
    number = models.IntegerField()

    class Meta:
        db_table = "announcement_read"

    def __str__(self) -> str:
        return f"{self.user_id} read {self.number}"
