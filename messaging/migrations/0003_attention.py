"""What others are shown as read, when a member wrote last, slow mode; and the functions that keep them."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def function(name: str) -> migrations.RunSQL:
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), f"drop function {name}")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_functions_v1")]

    operations = [
        migrations.AddField("member", "shown_seq", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("member", "posted_at", models.DateTimeField(null=True)),
        migrations.AddField("conversation", "slow_s", models.IntegerField(db_default=0, default=0)),
        migrations.RunSQL("update member set shown_seq = read_seq where read_seq > 0", migrations.RunSQL.noop),
        function("append_v2"),
        function("mark_v2"),
        function("may_reach_v1"),
    ]
