-- For each of these people's devices the conversations that are not as it says, newest first, at most `most` of each.
-- `said_*` hold what the devices know, comma-separated; nothing between two commas is null. A conversation that says the
-- same is left out, unless it has messages whose delivery nobody wrote down: the answer, once acknowledged, makes up for
-- that. The self log (kind 3) comes first: by it a device follows what is not among these.
-- A function, because its plan is then made once: planning took as long as a third of the work. `offset 0` makes that
-- plan one of look-ups, whatever the tables' sizes; the sums keep it from a merge on the number of the device alone.
create function differing_v1(users text, said_is text, said_cids text, said_revs text, said_reads text,
                             said_peer_reads text, said_peer_deliveries text, most int)
returns table (i bigint, uid uuid, id uuid, said_rev bigint)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select i, uid, id, said_rev from (
    select me.i, me.uid, c.id, said.rev as said_rev,
      row_number() over (partition by me.i order by c.kind = 3 desc, c.said_at desc, c.id desc) as place
    from unnest(string_to_array(users, ',')::uuid[]) with ordinality me(uid, i)
    cross join lateral (select * from member where user_id = me.uid offset 0) m
    cross join lateral (select * from conversation where id = m.conversation_id offset 0) c
    left join lateral (
      select * from member where c.kind = 1 and conversation_id = c.id and user_id <> me.uid offset 0) p on true
    left join unnest(string_to_array(said_is, ',')::int[], string_to_array(said_cids, ',')::uuid[],
        string_to_array(said_revs, ',', '')::bigint[], string_to_array(said_reads, ',', '')::bigint[],
        string_to_array(said_peer_reads, ',', '')::bigint[], string_to_array(said_peer_deliveries, ',', '')::bigint[])
      said(i, cid, rev, read, peer_read, peer_delivered) on said.i + 0 = me.i + 0 and said.cid = c.id
    where (c.kind = 2 or c.rev > 0)
      and (said.cid is null or said.rev <> c.rev or said.read is distinct from m.read_seq
        or c.kind = 1 and (
          said.peer_read is distinct from p.shown_seq or said.peer_delivered is distinct from p.delivered_seq
          or c.seq > greatest(m.read_seq, m.delivered_seq)))) moved
  where place <= most order by i, place;
end $$;
