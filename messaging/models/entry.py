from django.db import models

from messaging.events import NAMES


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
    reactions = models.TextField(null=True)  # noqa: DJ001  # JSON, folded from the table of the same name
    pinned_at = models.DateTimeField(null=True)
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
