-- Move read and delivered marks forward, never back, never beyond the head. Null leaves a mark alone.
-- What others are shown as read follows as long as the reader shows it; between two people as long as both do.
-- Returns the marks of every pair that is a member, and whether its own and what others see of them moved.
create function mark_v2(conv uuid[], usr uuid[], read bigint[], delivered bigint[])
returns table (conversation_id uuid, user_id uuid, read_seq bigint, shown_seq bigint, delivered_seq bigint,
               moved boolean, told boolean)
language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  perform 1 from conversation c where c.id = any(conv) order by c.id for no key update;
  return query
  with x as (
    select cid, uid, max(r) as r, max(d) as d from unnest(conv, usr, read, delivered) x(cid, uid, r, d) group by cid, uid),
  w as (
    select x.cid, x.uid, greatest(m.read_seq, least(coalesce(x.r, 0), c.seq)) as r,  -- least() skips nulls
      greatest(m.delivered_seq, least(coalesce(greatest(x.d, x.r), 0), c.seq)) as d, m.read_seq as old_r, m.delivered_seq as old_d, m.shown_seq as old_s, p.shows
    from x join conversation c on c.id = x.cid
    join lateral (select * from member m where m.user_id = x.uid and m.conversation_id = x.cid
      and (m.opened or c.rev > 0 or c.kind <> 1) offset 0) m on true
    cross join lateral (
      select bool_and(a.read_receipts) as shows from accounts_user a where a.id = x.uid or (
        c.kind = 1 and a.id in (select o.user_id from member o where o.conversation_id = c.id))) p),
  s as (select w.*, case when w.shows then greatest(w.old_s, w.r) else w.old_s end as s from w),
  u as (
    update member m set read_seq = w.r, shown_seq = w.s, delivered_seq = w.d,
      marked_unread = m.marked_unread and w.r = w.old_r, own_ahead = case
      when m.own_ahead = 0 or w.r = w.old_r then m.own_ahead
      else (select count(*) from entry e where e.conversation_id = w.cid and e.seq > w.r and e.sender_id = w.uid) end
    from s w where m.user_id = w.uid and m.conversation_id = w.cid
      and (w.r > w.old_r or w.d > w.old_d or w.s > w.old_s))
  select w.cid, w.uid, w.r, w.s, w.d, w.r > w.old_r or w.d > w.old_d, w.s > w.old_s or w.d > w.old_d from s w;
end $$;
