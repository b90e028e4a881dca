-- Whether what one person does may draw the attention of another: count as a mention, be pushed, show him typing.
-- Whoever knows about blocks puts a function of this name in the place of this one.
create or replace function may_reach_v1(actor uuid, reader uuid) returns boolean language sql stable as $$ select true $$;
