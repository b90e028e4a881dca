"""The only code that assigns rev, seq and marks. A new version gets a new name and lives beside the old for a release."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def function(name: str) -> migrations.RunSQL:
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), f"drop function {name}")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_log")]

    operations = [function("may_mention_v1"), function("append_v1"), function("record_v1"), function("mark_v1")]
