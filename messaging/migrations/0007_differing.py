"""Which heads a device has to hear of, as a function: planned once for a connection, not at each hello."""

from django.db import migrations

from messaging.migrations._functions import function


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_calls_that_are_over")]

    operations = [function("differing_v1")]
