-- The log. Design: every row of a conversation's history is an entry (conversation, rev); messages also have a seq.
-- No foreign key points at the log or from it: they cost 11 to 49 % of a send, and users are never deleted.

create table conversation (
  id uuid primary key,                                    -- UUIDv7; direct and self: UUIDv8 of the pair
  kind smallint not null check (kind in (1, 2, 3)),       -- direct, group, self
  post_role smallint not null default 0,                  -- least role that may post
  rev bigint not null default 0,
  seq bigint not null default 0,
  floor_rev bigint not null default 0,                    -- archived or expired up to here
  floor_seq bigint not null default 0,
  blanked_rev bigint not null default 0,                  -- last recall, erasure or expiry
  members integer not null default 0,
  last_at timestamptz(3) not null default now(),          -- cursors have milliseconds too
  check (seq <= rev and floor_rev <= rev and blanked_rev <= rev)
) with (fillfactor = 40);                                 -- narrow and roomy, so that updates stay on the page

create table profile (
  conversation_id uuid primary key,
  title text not null
);

create table member (
  conversation_id uuid not null,
  user_id uuid not null,
  role smallint not null default 0,
  denied smallint not null default 0,                     -- a bit for each policy that forbids posting
  muted_until timestamptz,
  from_rev bigint not null default 0,                     -- sees what comes after
  from_seq bigint not null default 0,
  hidden_before bigint not null default 0,                -- cleared history, a seq
  read_seq bigint not null default 0,
  delivered_seq bigint not null default 0,
  own_ahead integer not null default 0,                   -- own messages above an unmoved mark
  notify smallint not null default 0,
  pinned_at timestamptz,
  archived_at timestamptz,
  primary key (user_id, conversation_id)
) with (fillfactor = 80);                                 -- no index on a column that moves
create index member_of on member (conversation_id, user_id);

create table entry (
  conversation_id uuid not null,
  rev bigint not null,
  seq bigint,                                             -- messages only
  kind smallint not null,
  sender_id uuid not null,
  key uuid,
  target bigint,                                          -- changes only: the seq they change
  reply_to bigint,
  mentions text,                                          -- user ids, comma-separated, nil for all
  content text,                                           -- the client's JSON as it came; null when blanked
  changed_rev bigint not null,                            -- last change folded in
  edited_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (conversation_id, rev)
) partition by hash (conversation_id);
create unique index entry_seq on entry (conversation_id, seq) where seq is not null;
create index entry_blanked on entry (conversation_id, seq) where seq is not null and content is null;
do $$ begin
  for i in 0..15 loop
    execute format('create table entry_%s partition of entry for values with (modulus 16, remainder %s)', i, i);
  end loop;
end $$;

create table sent (
  key uuid primary key,
  conversation_id uuid not null,
  sender_id uuid not null,
  rev bigint not null,
  seq bigint not null,
  digest bigint not null,
  created_at timestamptz not null
);
create index sent_age on sent using brin (created_at);

create table outbox (                                     -- id order is commit order within a conversation
  id bigint generated always as identity primary key,
  conversation_id uuid not null,
  first_rev bigint not null,
  last_rev bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create table backlog (
  id bigint primary key,
  conversation_id uuid not null,
  first_rev bigint not null,
  last_rev bigint not null
);

create table mention (user_id uuid, conversation_id uuid, seq bigint, primary key (user_id, conversation_id, seq));
create table reaction (
  conversation_id uuid, seq bigint, user_id uuid, emoji text, primary key (conversation_id, seq, user_id, emoji)
);
create table hidden (user_id uuid, conversation_id uuid, seq bigint, primary key (user_id, conversation_id, seq));
create table revision (
  conversation_id uuid, seq bigint, rev bigint, content text not null, primary key (conversation_id, seq, rev)
);
create table segment (
  conversation_id uuid, first_seq bigint not null, last_seq bigint, object text not null,
  primary key (conversation_id, last_seq)
);
create table epoch (
  id uuid primary key,
  system_identifier bigint not null,
  timeline_id integer not null,
  made_at timestamptz not null default now(),
  unique (system_identifier, timeline_id)
);
