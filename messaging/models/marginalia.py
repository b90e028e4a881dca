"""What is noted beside a message."""

from django.db import models


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
