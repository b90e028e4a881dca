import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_taken_where_there"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("users", "users"), ("tokens", "tokens"), ("act", "act"), ("groups", "groups")],
                    max_length=16,
                ),
                default=list,
                size=None,
            ),
        ),
    ]
