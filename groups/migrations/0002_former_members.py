import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0001_groups"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="invitation",
            name="state",
            field=models.SmallIntegerField(
                choices=[(1, "Pending"), (2, "Accepted"), (3, "Declined"), (4, "Cancelled"), (5, "Expired")], default=1
            ),
        ),
        migrations.AlterField(
            model_name="joinrequest",
            name="state",
            field=models.SmallIntegerField(
                choices=[(1, "Pending"), (2, "Accepted"), (3, "Declined"), (4, "Cancelled"), (5, "Expired")], default=1
            ),
        ),
        migrations.CreateModel(
            name="Former",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "group_id", "person_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("group_id", models.UUIDField()),
                ("muted_until", models.DateTimeField(null=True)),
                ("posted_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "former_member",
            },
        ),
    ]
