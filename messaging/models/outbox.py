from django.db import models


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
