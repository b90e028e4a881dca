-- Members may be mentioned; all at once (the nil id) only in a group, by who has the role that it asks for.
create function may_mention_v2(cid uuid, kind smallint, role smallint, asked smallint, who uuid) returns boolean
language sql stable as $$
  select case when who = '00000000-0000-0000-0000-000000000000' then kind = 2 and role >= asked
    else exists (select from member m where m.user_id = who and m.conversation_id = cid) end
$$;
