"""The only code that assigns rev, seq and marks. A new version gets a new name and lives beside the old for a release."""

from django.db import migrations

from messaging.migrations._functions import function


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_log")]

    operations = [function("may_mention_v1"), function("append_v1"), function("record_v1"), function("mark_v1")]
