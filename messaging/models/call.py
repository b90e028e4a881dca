from django.db import models

from messaging.rules import Outcome


class Call(models.Model):
    """Two people speak, or one of them rings. Its id is its caller's, and the key of the message it leaves."""

    id = models.UUIDField(primary_key=True)
    conversation_id = models.UUIDField()
    caller_id = models.UUIDField()
    callee_id = models.UUIDField()
    caller_session = models.UUIDField()
    callee_session = models.UUIDField(null=True)
    """Of the device that accepted."""
    media = models.TextField(choices=[("audio", "audio"), ("video", "video")])
    began_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=Outcome, blank=True)

    class Meta:
        db_table = "call"
        indexes = [
            models.Index(fields=["began_at"], condition=models.Q(outcome=""), name="calls_going_on"),
            models.Index(fields=["began_at"], condition=~models.Q(outcome=""), name="calls_that_are_over"),
        ]

    def __str__(self) -> str:
        return f"{self.caller_id} calls {self.callee_id}"
