"""Invitations and requests keep the title that was said to those outside; what is open with groups that are over ends."""

from django.db import migrations, models

TITLES = """
update group_invitation a set title = p.title from profile p where p.conversation_id = a.group_id;
update join_request a set title = p.title from profile p where p.conversation_id = a.group_id;
"""
OVER = """
update group_invitation a set state = 4, closed_at = now()
from chat_group g where g.conversation_id = a.group_id and g.dismissed_at is not null and a.state = 1;
update join_request a set state = 4, closed_at = now()
from chat_group g where g.conversation_id = a.group_id and g.dismissed_at is not null and a.state = 1;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0003_member_names"), ("messaging", "0007_differing")]

    operations = [
        migrations.AddField("invitation", "title", models.TextField(default="", db_default="")),
        migrations.AddField("joinrequest", "title", models.TextField(default="", db_default="")),
        migrations.RunSQL(TITLES + OVER, migrations.RunSQL.noop),
    ]
