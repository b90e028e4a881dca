-- For each of these people's devices the conversations that are not as it says, at most `most` of each: those that it
-- names, then the others, newest first; and, `lost`, all that it names and its person does not have.
-- `said_*` hold what the devices know, comma-separated; nothing between two commas is null. A conversation that says the
-- same is left out, unless it has messages whose delivery nobody wrote down: the answer, once acknowledged, makes up for
-- that. The self log (kind 3) comes first: by it a device follows what is not among these.
-- A function, because its plan is then made once: planning took as long as a third of the work. `offset 0` makes that
-- plan one of look-ups, whatever the tables' sizes; the sums keep it from a merge on the number of the device alone.
create function differing_v1(users text, said_is text, said_cids text, said_revs text, said_reads text,
                             said_peer_reads text, said_peer_deliveries text, most int)
returns table (i bigint, uid uuid, id uuid, said_rev bigint, lost boolean)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select i, uid, id, said_rev, lost from (
    select coalesce(mine.i, said.i) as i, mine.uid, coalesce(mine.id, said.cid) as id, said.rev as said_rev,
      mine.id is null as lost,
      row_number() over (partition by mine.i order by mine.kind = 3 desc, said.cid is null, mine.said_at desc, mine.id desc)
        as place
    from (
      select me.i, me.uid, c.id, c.kind, c.rev, c.seq, c.said_at, m.read_seq, m.delivered_seq,
        p.shown_seq as peer_read, p.delivered_seq as peer_delivered
      from unnest(string_to_array(users, ',')::uuid[]) with ordinality me(uid, i)
      cross join lateral (select * from member where user_id = me.uid offset 0) m
      cross join lateral (select * from conversation where id = m.conversation_id offset 0) c
      left join lateral (
        select * from member where c.kind = 1 and conversation_id = c.id and user_id <> me.uid offset 0) p on true
      where m.opened or c.rev > 0 or c.kind <> 1) mine
    full join unnest(string_to_array(said_is, ',')::bigint[], string_to_array(said_cids, ',')::uuid[],
        string_to_array(said_revs, ',', '')::bigint[], string_to_array(said_reads, ',', '')::bigint[],
        string_to_array(said_peer_reads, ',', '')::bigint[], string_to_array(said_peer_deliveries, ',', '')::bigint[])
      said(i, cid, rev, read, peer_read, peer_delivered) on said.i + 0 = mine.i + 0 and said.cid = mine.id
    where mine.id is null or (mine.kind = 2 or mine.rev > 0)
      and (said.cid is null or said.rev <> mine.rev or said.read is distinct from mine.read_seq
        or mine.kind = 1 and (
          said.peer_read is distinct from mine.peer_read or said.peer_delivered is distinct from mine.peer_delivered
          or mine.seq > greatest(mine.read_seq, mine.delivered_seq)))) moved
  where lost or place <= most order by i, place;
end $$;
