-- Members may be mentioned; all at once (the nil id) only in a group and by its admins.
create function may_mention_v1(cid uuid, kind smallint, role smallint, who uuid) returns boolean
language sql stable as $$
  select case when who = '00000000-0000-0000-0000-000000000000' then kind = 2 and role >= 1
    else exists (select from member m where m.user_id = who and m.conversation_id = cid) end
$$;
