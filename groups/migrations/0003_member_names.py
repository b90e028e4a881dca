"""Who is found in a group by the beginning of a name, and who its admins are, whatever its size: each by an index.

Whoever puts somebody into a group, gives a nickname or changes a name holds that person's self log until he commits. So
what a change of a name does here waits until the end of its transaction, and sees every group that came meanwhile.
"""

from django.db import migrations, models

NAMED = """
  cross join lateral (values (u.username::text), (lower(u.display_name)), (lower(m.nickname))) x(name)
  where x.name <> ''
"""
TRIGGERS = f"""
create function name_joined_v1() returns trigger language plpgsql as $$
begin
  insert into member_name (group_id, name, user_id)
  select m.conversation_id, x.name, m.user_id
  from fresh m join conversation c on c.id = m.conversation_id and c.kind = 2 join accounts_user u on u.id = m.user_id
  {NAMED} on conflict do nothing;
  return null;
end $$;
create function name_left_v1() returns trigger language plpgsql as $$
begin
  delete from member_name n using gone where n.group_id = gone.conversation_id and n.user_id = gone.user_id;
  return null;
end $$;
create function name_changed_v1() returns trigger language plpgsql as $$
declare
  who uuid := case tg_table_name when 'member' then to_jsonb(new) ->> 'user_id' else to_jsonb(new) ->> 'id' end;
begin
  delete from member_name where user_id = who;
  insert into member_name (group_id, name, user_id)
  select m.conversation_id, x.name, m.user_id
  from member m join conversation c on c.id = m.conversation_id and c.kind = 2 join accounts_user u on u.id = m.user_id
  {NAMED} and m.user_id = who on conflict do nothing;
  return null;
end $$;
create trigger name_joined after insert on member referencing new table as fresh
  for each statement execute function name_joined_v1();
create trigger name_left after delete on member referencing old table as gone
  for each statement execute function name_left_v1();
create trigger name_changed after update of nickname on member for each row
  when (old.nickname is distinct from new.nickname) execute function name_changed_v1();
create constraint trigger name_changed after update of username, display_name on accounts_user
  deferrable initially deferred for each row
  when ((old.username, old.display_name) is distinct from (new.username, new.display_name))
  execute function name_changed_v1();
insert into member_name (group_id, name, user_id)
  select m.conversation_id, x.name, m.user_id
  from member m join conversation c on c.id = m.conversation_id and c.kind = 2 join accounts_user u on u.id = m.user_id
  {NAMED} on conflict do nothing;
"""
NO_TRIGGERS = """
drop trigger name_changed on accounts_user;
drop trigger name_changed on member;
drop trigger name_left on member;
drop trigger name_joined on member;
drop function name_changed_v1, name_left_v1, name_joined_v1;
"""
KEY = {"blank": True, "editable": False, "primary_key": True, "serialize": False}
ADMINS = "create index member_admins on member (conversation_id, user_id) where role >= 1"


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0002_former_members"),
        ("messaging", "0005_calls"),
        ("accounts", "0010_named_in_forwards"),
    ]

    operations = [
        migrations.CreateModel(
            "MemberName",
            [
                ("pk", models.CompositePrimaryKey("group_id", "name", "user_id", **KEY)),
                ("group_id", models.UUIDField()),
                ("name", models.TextField(db_collation="C")),
                ("user_id", models.UUIDField()),
            ],
            {
                "db_table": "member_name",
                "indexes": [models.Index(fields=["user_id", "group_id"], name="names_of_member")],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(ADMINS, "drop index member_admins"),
    ]
