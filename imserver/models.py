from django.db import models


class Parked(models.Model):
    """An event that a subscription could not take, however often it was told. `manage.py events replay` tries again."""

    id = models.BigAutoField(primary_key=True)
    subscription = models.CharField(max_length=64)
    """Its name in imserver/subscriptions.py; empty where the event could not even be published: then it is for all."""
    place = models.CharField(max_length=200)
    """What it is, so that it is kept once: conversation/rev, or where in Kafka the broken record stands."""
    record = models.BinaryField()
    error = models.TextField()
    parked_at = models.DateTimeField()

    class Meta:
        db_table = "parked"
        constraints = [models.UniqueConstraint(fields=["subscription", "place"], name="parked_once")]

    def __str__(self) -> str:
        return f"{self.subscription or 'publishing'}: {self.place}"
