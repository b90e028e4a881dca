"""The log's tables. The SQL in messaging/sql makes them; these classes read them.

Only `log.py` writes rev, seq and marks; no foreign key points at the log or from it.
"""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from messaging.events import NAMES
from messaging.rules import Kind, Role


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True)
    kind = models.SmallIntegerField(choices=Kind)
    post_role = models.SmallIntegerField(choices=Role, default=Role.MEMBER)
    rev = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    floor_rev = models.BigIntegerField(default=0)
    floor_seq = models.BigIntegerField(default=0)
    blanked_rev = models.BigIntegerField(default=0)
    members = models.IntegerField(default=0)
    last_at = models.DateTimeField(db_default=Now())

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
    delivered_seq = models.BigIntegerField(default=0)
    own_ahead = models.IntegerField(default=0)
    notify = models.SmallIntegerField(default=0)
    pinned_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "member"

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"

    def refused(self, now: datetime) -> int:
        """Why this member may not write, as the bits of errors.REFUSALS; append_v1 says the same of a message."""
        muted = self.muted_until is not None and self.muted_until > now
        return self.denied | 16 * muted | 32 * (self.role < self.conversation.post_role)


class Entry(models.Model):
    pk = models.CompositePrimaryKey("conversation_id", "rev")
    conversation_id = models.UUIDField()
    rev = models.BigIntegerField()
    seq = models.BigIntegerField(null=True)
    kind = models.SmallIntegerField()
    sender_id = models.UUIDField()
    key = models.UUIDField(null=True)
    target = models.BigIntegerField(null=True)
    reply_to = models.BigIntegerField(null=True)
    mentions = models.TextField(null=True)  # noqa: DJ001
    content = models.TextField(null=True)  # noqa: DJ001  # null is blanked
    changed_rev = models.BigIntegerField()
    edited_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "entry"

    def __str__(self) -> str:
        return f"{self.conversation_id} rev {self.rev}"

    @property
    def kind_name(self) -> str:
        return NAMES[self.kind]


class Sent(models.Model):
    """A key and what became of it, for 32 days."""

    key = models.UUIDField(primary_key=True)
    conversation_id = models.UUIDField()
    sender_id = models.UUIDField()
    rev = models.BigIntegerField()
    seq = models.BigIntegerField()
    digest = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "sent"

    def __str__(self) -> str:
        return str(self.key)


class Pointer(models.Model):
    """Revs of one conversation that somebody still has to hear of."""

    conversation_id = models.UUIDField()
    first_rev = models.BigIntegerField()
    last_rev = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.first_rev}-{self.last_rev}"


class Outbox(Pointer):
    id = models.BigAutoField(primary_key=True)

    class Meta:
        db_table = "outbox"


class Backlog(Pointer):
    """Rung, but not yet published: the event log was away."""

    id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "backlog"


class Mention(models.Model):
    """`user_id` is nil for a mention of all."""

    pk = models.CompositePrimaryKey("user_id", "conversation_id", "seq")
    user_id = models.UUIDField()
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "mention"

    def __str__(self) -> str:
        return f"{self.user_id} at {self.seq}"


class Reaction(models.Model):
    pk = models.CompositePrimaryKey("conversation_id", "seq", "user_id", "emoji")
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField()
    user_id = models.UUIDField()
    emoji = models.TextField()

    class Meta:
        db_table = "reaction"

    def __str__(self) -> str:
        return self.emoji


class Hidden(models.Model):
    """A message that one person deleted for himself."""

    pk = models.CompositePrimaryKey("user_id", "conversation_id", "seq")
    user_id = models.UUIDField()
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "hidden"

    def __str__(self) -> str:
        return f"{self.seq} for {self.user_id}"


class Revision(models.Model):
    """The text a message had before the change at `rev`; for staff."""

    pk = models.CompositePrimaryKey("conversation_id", "seq", "rev")
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField()
    rev = models.BigIntegerField()
    content = models.TextField()

    class Meta:
        db_table = "revision"

    def __str__(self) -> str:
        return f"{self.conversation_id} seq {self.seq} before rev {self.rev}"


class Segment(models.Model):
    """Where archived messages of a conversation lie."""

    pk = models.CompositePrimaryKey("conversation_id", "last_seq")
    conversation_id = models.UUIDField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    object = models.TextField()

    class Meta:
        db_table = "segment"

    def __str__(self) -> str:
        return self.object


class Epoch(models.Model):
    """One life of the database; a restore from a backup begins another."""

    id = models.UUIDField(primary_key=True)
    system_identifier = models.BigIntegerField()
    timeline_id = models.IntegerField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "epoch"

    def __str__(self) -> str:
        return str(self.id)
