"""The log's tables are made by messaging/sql/schema.sql; Django keeps their state."""

from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLES = (
    "conversation, profile, member, entry, sent, outbox, backlog, mention, reaction, hidden, revision, segment, epoch"
)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL((SQL / "schema.sql").read_text(), f"drop table {TABLES} cascade")],
            state_operations=[
                migrations.CreateModel(
                    name="Backlog",
                    fields=[
                        ("conversation_id", models.UUIDField()),
                        ("first_rev", models.BigIntegerField()),
                        ("last_rev", models.BigIntegerField()),
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                    ],
                    options={
                        "db_table": "backlog",
                    },
                ),
                migrations.CreateModel(
                    name="Conversation",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("kind", models.SmallIntegerField(choices=[(1, "Direct"), (2, "Group"), (3, "Self")])),
                        (
                            "post_role",
                            models.SmallIntegerField(choices=[(0, "Member"), (1, "Admin"), (2, "Owner")], default=0),
                        ),
                        ("rev", models.BigIntegerField(default=0)),
                        ("seq", models.BigIntegerField(default=0)),
                        ("floor_rev", models.BigIntegerField(default=0)),
                        ("floor_seq", models.BigIntegerField(default=0)),
                        ("blanked_rev", models.BigIntegerField(default=0)),
                        ("members", models.IntegerField(default=0)),
                        ("last_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                    options={
                        "db_table": "conversation",
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "conversation_id", "rev", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("conversation_id", models.UUIDField()),
                        ("rev", models.BigIntegerField()),
                        ("seq", models.BigIntegerField(null=True)),
                        ("kind", models.SmallIntegerField()),
                        ("sender_id", models.UUIDField()),
                        ("key", models.UUIDField(null=True)),
                        ("target", models.BigIntegerField(null=True)),
                        ("reply_to", models.BigIntegerField(null=True)),
                        ("mentions", models.TextField(null=True)),
                        ("content", models.TextField(null=True)),
                        ("changed_rev", models.BigIntegerField()),
                        ("edited_at", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "entry",
                    },
                ),
                migrations.CreateModel(
                    name="Epoch",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("system_identifier", models.BigIntegerField()),
                        ("timeline_id", models.IntegerField()),
                        ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ],
                    options={
                        "db_table": "epoch",
                    },
                ),
                migrations.CreateModel(
                    name="Hidden",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "user_id",
                                "conversation_id",
                                "seq",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("user_id", models.UUIDField()),
                        ("conversation_id", models.UUIDField()),
                        ("seq", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "hidden",
                    },
                ),
                migrations.CreateModel(
                    name="Mention",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "user_id",
                                "conversation_id",
                                "seq",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("user_id", models.UUIDField()),
                        ("conversation_id", models.UUIDField()),
                        ("seq", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "mention",
                    },
                ),
                migrations.CreateModel(
                    name="Outbox",
                    fields=[
                        ("conversation_id", models.UUIDField()),
                        ("first_rev", models.BigIntegerField()),
                        ("last_rev", models.BigIntegerField()),
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ],
                    options={
                        "db_table": "outbox",
                    },
                ),
                migrations.CreateModel(
                    name="Profile",
                    fields=[
                        ("conversation_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("title", models.TextField()),
                    ],
                    options={
                        "db_table": "profile",
                    },
                ),
                migrations.CreateModel(
                    name="Reaction",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "conversation_id",
                                "seq",
                                "user_id",
                                "emoji",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("conversation_id", models.UUIDField()),
                        ("seq", models.BigIntegerField()),
                        ("user_id", models.UUIDField()),
                        ("emoji", models.TextField()),
                    ],
                    options={
                        "db_table": "reaction",
                    },
                ),
                migrations.CreateModel(
                    name="Revision",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "conversation_id",
                                "seq",
                                "rev",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("conversation_id", models.UUIDField()),
                        ("seq", models.BigIntegerField()),
                        ("rev", models.BigIntegerField()),
                        ("content", models.TextField()),
                    ],
                    options={
                        "db_table": "revision",
                    },
                ),
                migrations.CreateModel(
                    name="Segment",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "conversation_id",
                                "last_seq",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("conversation_id", models.UUIDField()),
                        ("first_seq", models.BigIntegerField()),
                        ("last_seq", models.BigIntegerField()),
                        ("object", models.TextField()),
                    ],
                    options={
                        "db_table": "segment",
                    },
                ),
                migrations.CreateModel(
                    name="Sent",
                    fields=[
                        ("key", models.UUIDField(primary_key=True, serialize=False)),
                        ("conversation_id", models.UUIDField()),
                        ("sender_id", models.UUIDField()),
                        ("rev", models.BigIntegerField()),
                        ("seq", models.BigIntegerField()),
                        ("digest", models.BigIntegerField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "sent",
                    },
                ),
                migrations.CreateModel(
                    name="Member",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "user_id",
                                "conversation_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("user_id", models.UUIDField()),
                        (
                            "role",
                            models.SmallIntegerField(choices=[(0, "Member"), (1, "Admin"), (2, "Owner")], default=0),
                        ),
                        ("denied", models.SmallIntegerField(default=0)),
                        ("muted_until", models.DateTimeField(null=True)),
                        ("from_rev", models.BigIntegerField(default=0)),
                        ("from_seq", models.BigIntegerField(default=0)),
                        ("hidden_before", models.BigIntegerField(default=0)),
                        ("read_seq", models.BigIntegerField(default=0)),
                        ("delivered_seq", models.BigIntegerField(default=0)),
                        ("own_ahead", models.IntegerField(default=0)),
                        ("notify", models.SmallIntegerField(default=0)),
                        ("pinned_at", models.DateTimeField(null=True)),
                        ("archived_at", models.DateTimeField(null=True)),
                        (
                            "conversation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="messaging.conversation",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "member",
                    },
                ),
            ],
        ),
    ]
