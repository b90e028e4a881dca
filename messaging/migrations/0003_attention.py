"""What others are shown as read, when a member joined and wrote last, who opened what, slow mode; their functions."""

from django.db import migrations, models
from django.db.models.functions import Now

from messaging.migrations._functions import function


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_functions_v1")]

    operations = [
        migrations.AddField("member", "shown_seq", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField("member", "posted_at", models.DateTimeField(null=True)),
        migrations.AddField("member", "joined_at", models.DateTimeField(db_default=Now())),
        migrations.AddField("member", "nickname", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("conversation", "slow_s", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("member", "opened", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "conversation",
            "mention_role",
            models.SmallIntegerField(choices=[(0, "Member"), (1, "Admin"), (2, "Owner")], db_default=1, default=1),
        ),
        migrations.RunSQL("update member set shown_seq = read_seq where read_seq > 0", migrations.RunSQL.noop),
        migrations.RunSQL("create index member_from on member (conversation_id, from_seq)", "drop index member_from"),
        function("may_mention_v2"),
        function("append_v2"),
        function("mark_v2"),
        function("may_reach_v1"),
    ]
