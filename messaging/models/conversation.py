from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from messaging.rules import CLOSED, Kind, Notify, Role


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True)
    kind = models.SmallIntegerField(choices=Kind)
    post_role = models.SmallIntegerField(choices=Role, default=Role.MEMBER)  # or rules.CLOSED
    rev = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    floor_rev = models.BigIntegerField(default=0)
    floor_seq = models.BigIntegerField(default=0)
    blanked_rev = models.BigIntegerField(default=0)
    members = models.IntegerField(default=0)
    last_at = models.DateTimeField(db_default=Now())
    said_at = models.DateTimeField(db_default=Now())
    """When it last moved in a list; a change of a message leaves it there."""
    slow_s = models.IntegerField(default=0, db_default=0)
    mention_role = models.SmallIntegerField(choices=Role, default=Role.ADMIN, db_default=Role.ADMIN)
    """Of who mentions all at once."""

    class Meta:
        db_table = "conversation"

    def __str__(self) -> str:
        return f"{Kind(self.kind).label} {self.id}"


class Profile(models.Model):
    """What a group shows of itself; apart from the row that every send rewrites."""

    conversation_id = models.UUIDField(primary_key=True)
    title = models.TextField()

    class Meta:
        db_table = "profile"

    def __str__(self) -> str:
        return self.title


class Member(models.Model):
    pk = models.CompositePrimaryKey("user_id", "conversation_id")
    user_id = models.UUIDField()
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    role = models.SmallIntegerField(choices=Role, default=Role.MEMBER)
    denied = models.SmallIntegerField(default=0)
    muted_until = models.DateTimeField(null=True)
    from_rev = models.BigIntegerField(default=0)
    from_seq = models.BigIntegerField(default=0)
    hidden_before = models.BigIntegerField(default=0)
    read_seq = models.BigIntegerField(default=0)
    shown_seq = models.BigIntegerField(default=0, db_default=0)
    """What others are shown as read."""
    delivered_seq = models.BigIntegerField(default=0)
    own_ahead = models.IntegerField(default=0)
    notify = models.SmallIntegerField(choices=Notify, default=Notify.ALL)
    marked_unread = models.BooleanField(default=False, db_default=False)
    pinned_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(db_default=Now())
    nickname = models.TextField(blank=True, default="", db_default="")
    opened = models.BooleanField(default=False, db_default=False)
    """Of a direct conversation: by this person. The other one sees nothing of it before its first entry."""

    class Meta:
        db_table = "member"

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"

    @property
    def sees_it(self) -> bool:
        """queries.SEEN says the same in SQL."""
        return self.opened or self.conversation.rev > 0 or self.conversation.kind != Kind.DIRECT

    @property
    def read_up_to(self) -> int:
        """Nothing up to there is unread."""
        return max(self.read_seq, self.from_seq, self.hidden_before)

    def refused(self, now: datetime) -> int:
        """Why this member may not write, as the bits of errors.REFUSALS; append_v2 says the same of a message."""
        muted = self.muted_until is not None and self.muted_until > now
        closed = self.conversation.post_role == CLOSED
        return self.denied | 8 * closed | 16 * muted | 32 * (self.role < self.conversation.post_role)
