from django.db import models
from django.db.models.functions import Now


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
