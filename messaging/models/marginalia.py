"""What is noted beside a message."""

from django.db import models
from django.db.models.functions import Now


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
    at = models.DateTimeField(db_default=Now())

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


class Star(models.Model):
    """A message that one person keeps."""

    pk = models.CompositePrimaryKey("user_id", "conversation_id", "seq")
    user_id = models.UUIDField()
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "star"
        indexes = [models.Index(fields=["user_id", "-at"], name="stars_of")]

    def __str__(self) -> str:
        return f"{self.seq} of {self.user_id}"


class Saved(models.Model):
    """What one person began to write and has not sent."""

    pk = models.CompositePrimaryKey("user_id", "conversation_id")
    user_id = models.UUIDField()
    conversation_id = models.UUIDField()
    content = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "draft"

    def __str__(self) -> str:
        return f"of {self.user_id}"
