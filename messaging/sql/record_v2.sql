-- Record entries that are no messages: changes (target = the seq they change), notices, self logs.
-- They get the next rev and no seq. Changes, and what is noted in a self log, leave the conversation where it stands in a
-- list. The caller holds the conversations' locks already, or gets them here, in id order.
create function record_v2(conv uuid[], kinds smallint[], actor uuid[], targets bigint[], contents text[])
returns table (rev bigint) language plpgsql volatile as $$
#variable_conflict use_column
begin
  perform 1 from conversation c where c.id = any(conv) order by c.id for no key update;
  return query
  with d as (
    select * from unnest(conv, kinds, actor, targets, contents) with ordinality d(cid, kind, uid, target, content, i)),
  n as (
    select d.*, c.rev + row_number() over (partition by d.cid order by d.i) as rev,
      greatest(c.last_at, date_trunc('milliseconds', clock_timestamp())) as stamp
    from d join conversation c on c.id = d.cid),
  e as (
    insert into entry (conversation_id, rev, kind, sender_id, target, content, changed_rev, created_at)
    select cid, rev, kind, uid, target, content, rev, stamp from n order by i),
  t as (
    update entry x set changed_rev = h.rev
    from (select cid, target, max(rev) as rev from n where target is not null group by cid, target) h
    where x.conversation_id = h.cid and x.seq = h.target),
  u as (
    update conversation c set rev = h.rev, last_at = h.stamp, said_at = case when h.moves and c.kind <> 3 then h.stamp else c.said_at end
    from (select cid, max(rev) as rev, max(stamp) as stamp, bool_or(target is null) as moves from n group by cid) h
    where c.id = h.cid),
  o as (
    insert into outbox (conversation_id, first_rev, last_rev) select cid, min(rev), max(rev) from n group by cid)
  select n.rev from n order by n.i;
end $$;
