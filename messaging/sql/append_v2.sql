-- Append messages: each gets the next rev and seq of its conversation here, and nowhere else.
-- Returns a row for each draft, in order. code: 0 appended, 1 not a member, 2 refused (bits say why),
-- 3 the same key and payload as before, 4 the same key with anything else, 5 the reply's target is not there.
-- bits: member.denied, 16 muted, 32 role too low, 64 too soon in slow mode. Times are Unix milliseconds: of a message
-- when it was stored, of a refusal for a while when that is over.
create function append_v2(conv uuid[], sender uuid[], keys uuid[], kinds smallint[], contents text[], replies bigint[],
                          mentions text[])
returns table (code int, bits int, rev bigint, seq bigint, created_ms bigint, dropped uuid[])
language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  at timestamptz;
  bad int[];
begin
  -- Statement 1: the locks, in id order. Statement 2 has a newer snapshot: READ COMMITTED re-reads only locked rows.
  perform 1 from conversation c where c.id = any(conv) order by c.id for no key update;
  at := date_trunc('milliseconds', clock_timestamp());
  if array_remove(replies, null) <> '{}' then
    select array_agg(d.i) into bad
    from unnest(conv, sender, replies) with ordinality d(cid, uid, reply, i)
    where d.reply is not null and not exists (
      select from entry t join member m on m.conversation_id = d.cid and m.user_id = d.uid
      where t.conversation_id = d.cid and t.seq = d.reply and t.content is not null
        and t.seq > greatest(m.from_seq, m.hidden_before)
        and not exists (select from hidden h where h.user_id = d.uid and h.conversation_id = d.cid and h.seq = d.reply));
  end if;
  return query
  with d as (
    select * from unnest(conv, sender, keys, kinds, contents, replies, mentions)
      with ordinality d(cid, uid, key, kind, content, reply, mentioned, i)),
  seen as (
    select d.*, x.digest, c.rev as head, c.seq as head_seq, greatest(c.last_at, at) as stamp,
      s.rev as old_rev, s.seq as old_seq, s.created_at as old_at,
      coalesce(m.denied, 0) + case when m.muted_until > at then 16 else 0 end
        + case when c.post_role = 3 then 8 when m.role < c.post_role then 32 else 0 end
        + case when x.slow then 64 else 0 end as bits,
      case when m.muted_until > at then m.muted_until when x.slow then greatest(m.posted_at, at) + x.pause end as until,
      case
        when s.key is not null then
          case when s.digest = x.digest and s.conversation_id = d.cid and s.sender_id = d.uid then 3 else 4 end
        when m.user_id is null then 1
        when m.denied <> 0 or m.muted_until > at or m.role < c.post_role or x.slow then 2
        when d.i = any(bad) then 5
        else 0
      end as code,
      case when d.mentioned is not null then (
        select array_agg(w.id) from unnest(string_to_array(d.mentioned, ',')::uuid[]) w(id)
        where case when s.key is null then not may_mention_v2(d.cid, c.kind, m.role, c.mention_role, w.id)
          else w.id <> all(string_to_array(coalesce(s.mentions, ''), ',')::uuid[]) end) end as dropped
    from d
    left join conversation c on c.id = d.cid
    left join lateral (
      select * from member m where m.user_id = d.uid and m.conversation_id = d.cid
        and (m.opened or c.rev > 0 or c.kind <> 1) offset 0) m on true
    left join lateral (
      select *, (select e.mentions from entry e where e.conversation_id = s.conversation_id and e.seq = s.seq)
      from sent s where s.key = d.key offset 0) s on true
    cross join lateral (select
      hashtextextended(d.content || coalesce(d.reply, 0) || coalesce(d.mentioned, ''), d.kind) as digest,
      make_interval(secs => c.slow_s) as pause,
      c.slow_s > 0 and m.role = 0 and (m.posted_at > at - make_interval(secs => c.slow_s)
        or exists (select from unnest(conv, sender, keys) with ordinality b(cid, uid, key, i)
          where b.cid = d.cid and b.uid = d.uid and b.i < d.i and b.i <> all(coalesce(bad, '{}'))
            and not exists (select from sent s where s.key = b.key))) as slow) x),
  n as (
    select *, head + row_number() over w as rev, head_seq + row_number() over w as seq,
      case when dropped is null then mentioned else (
        select string_agg(x, ',') from unnest(string_to_array(mentioned, ',')) x where x::uuid <> all(dropped)) end as kept
    from seen where code = 0 window w as (partition by cid order by i)),
  e as (
    insert into entry (conversation_id, rev, seq, kind, sender_id, key, reply_to, mentions, content, changed_rev, created_at)
    select cid, rev, seq, kind, uid, key, reply, kept, content, rev, stamp from n order by i),
  k as (insert into sent select key, cid, uid, rev, seq, digest, stamp from n order by i),
  u as (
    update conversation c set rev = h.rev, seq = h.seq, last_at = h.stamp, said_at = h.stamp
    from (select cid, max(rev) as rev, max(seq) as seq, max(stamp) as stamp from n group by cid) h where c.id = h.cid),
  r as (
    update member m set read_seq = h.seq, shown_seq = h.seq, own_ahead = 0, posted_at = h.stamp
    from (select cid, uid, max(seq) as seq, max(stamp) as stamp from n group by cid, uid) h
    where m.user_id = h.uid and m.conversation_id = h.cid),
  o as (
    insert into outbox (conversation_id, first_rev, last_rev) select cid, min(rev), max(rev) from n group by cid),
  a as (
    insert into mention (user_id, conversation_id, seq)
    select w.id, n.cid, n.seq from n, unnest(string_to_array(n.kept, ',')::uuid[]) w(id))
  select s.code, s.bits, coalesce(n.rev, s.old_rev), coalesce(n.seq, s.old_seq),
    (extract(epoch from coalesce(n.stamp, s.old_at, s.until)) * 1000)::bigint,
    case when s.code in (0, 3) then s.dropped end
  from seen s left join n on n.i = s.i order by s.i;
end $$;
