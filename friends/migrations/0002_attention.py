"""Who is blocked draws no attention of who blocks him."""

from django.db import migrations

FUNCTION = """
create or replace function may_reach_v1(actor uuid, reader uuid) returns boolean language sql stable as $$ select {} $$
"""
UNBLOCKED = "not exists (select from block b where b.user_id = reader and b.blocked_id = actor)"


class Migration(migrations.Migration):
    dependencies = [("friends", "0001_friends"), ("messaging", "0003_attention")]

    operations = [migrations.RunSQL(FUNCTION.format(UNBLOCKED), FUNCTION.format("true"))]
