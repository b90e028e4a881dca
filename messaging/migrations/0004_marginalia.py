"""What is noted beside a message and a conversation; and when a conversation last moved in its list."""

from django.db import migrations, models
from django.db.models.functions import Now

from messaging.migrations._functions import function

OF = [("user_id", models.UUIDField()), ("conversation_id", models.UUIDField())]


def key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(*fields, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_attention")]

    operations = [
        migrations.AddField("entry", "reactions", models.TextField(null=True)),
        migrations.AddField("entry", "pinned_at", models.DateTimeField(null=True)),
        migrations.AddField("reaction", "at", models.DateTimeField(db_default=Now())),
        migrations.AddField("conversation", "said_at", models.DateTimeField(db_default=Now())),
        migrations.AlterField(
            "member",
            "notify",
            models.SmallIntegerField(choices=[(0, "All"), (1, "Mentions"), (2, "Nothing")], default=0),
        ),
        migrations.AddField("member", "marked_unread", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            "Star",
            [
                ("pk", key("user_id", "conversation_id", "seq")),
                *OF,
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            {"db_table": "star", "indexes": [models.Index(fields=["user_id", "-at"], name="stars_of")]},
        ),
        migrations.CreateModel(
            "Saved",
            [
                ("pk", key("user_id", "conversation_id")),
                *OF,
                ("content", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            {"db_table": "draft"},
        ),
        migrations.RunSQL(
            "alter table conversation alter said_at type timestamptz(3); update conversation set said_at = last_at;"
            "create index entry_pinned on entry (conversation_id, seq) where pinned_at is not null",
            "drop index entry_pinned",
        ),
        function("record_v2"),
    ]
