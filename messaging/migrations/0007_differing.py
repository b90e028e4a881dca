"""Which heads a device has to hear of, as a function: planned once for a connection, not at each hello. And which of
somebody's conversations are groups, without a look at the others.
"""

from django.db import migrations

from messaging.migrations._functions import function


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_calls_that_are_over")]

    operations = [
        function("differing_v1"),
        migrations.RunSQL(
            "create index conversation_groups on conversation (id) where kind = 2", "drop index conversation_groups"
        ),
    ]
