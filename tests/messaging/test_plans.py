"""One conversation of 200,000 messages among 100,000 small ones: every statement stays on its index.

PostgreSQL itself reports the plans it ran, those inside the log's functions too (auto_explain), with the rows it read.
Sockets prepare their statements, REST does not: both ways are asked for.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.errors import Diagnostic

from imserver import database
from imserver.database import Query
from imserver.ids import uuid7
from messaging import heads, log, outgoing, queries
from messaging.heads import Asked
from messaging.outgoing import Pointer
from messaging.rules import NIL
from messaging.writes import Draft, Mark, Note

SMALL, HOT, PEOPLE = 100_000, 200_000, 2_000
LARGE = ("conversation", "member", "entry", "sent")
FILL = f"""
insert into conversation (id, kind, rev, seq, last_at, members, blanked_rev)
  select md5('c' || i)::uuid, case i when 0 then 2 else 1 end, n, n, now() - i * interval '1 second', 2,
    case i when 0 then n else 0 end
  from generate_series(0, {SMALL}) i, lateral (select case i when 0 then {HOT} else 1 end n) s;
analyze conversation;  -- or the foreign key is checked by a plan from when the table was empty
insert into member (conversation_id, user_id, read_seq)
  select md5('c' || i)::uuid, md5('u' || u)::uuid, 0 from generate_series(1, {SMALL}) i,
  lateral (values (i % {PEOPLE}), ((i * 7 + 1) % {PEOPLE})) m(u);
insert into member (conversation_id, user_id, read_seq, own_ahead)
  select md5('c0')::uuid, md5('u' || u)::uuid, {HOT} - 20, 1 from generate_series(0, 299) u;
insert into entry (conversation_id, rev, seq, kind, sender_id, key, content, changed_rev, created_at)
  select md5('c' || i)::uuid, 1, 1, 1, md5('u' || i % {PEOPLE})::uuid, md5('k' || i)::uuid, '{{"text":"x"}}', 1, now()
  from generate_series(1, {SMALL}) i;
insert into entry (conversation_id, rev, seq, kind, sender_id, key, content, changed_rev, created_at)
  select md5('c0')::uuid, i, i, 1, md5('u' || i % 300)::uuid, md5('h' || i)::uuid,
    case when i % 50 > 0 then '{{"text":"x"}}' end, i, now()
  from generate_series(1, {HOT}) i;
insert into sent select key, conversation_id, sender_id, rev, seq, 0, created_at from entry
  where seq = 1 and conversation_id <> md5('c0')::uuid;
insert into outbox (conversation_id, first_rev, last_rev)
  select md5('c0')::uuid, i, i from generate_series({HOT} - 5000, {HOT}) i;
analyze member, entry, sent, outbox, mention, hidden;
"""
WATCH = """
load 'auto_explain';
set local auto_explain.log_min_duration = 0;
set local auto_explain.log_nested_statements = on;
set local auto_explain.log_analyze = on;
set local auto_explain.log_timing = off;
set local auto_explain.log_format = json;
set local auto_explain.log_level = notice;
set local client_min_messages = notice;
"""


def ident(name: str) -> UUID:
    """As md5(name)::uuid."""
    return UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())


HOT_ONE, ANN, BOB = ident("c0"), ident("u0"), ident("u1")


class Watch:
    """The plans of everything that ran since the last look."""

    def __init__(self) -> None:
        self._plans: list[Any] = []
        with connection.cursor() as cursor:
            cursor.execute(
                "select c.relname, p.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
                " join pg_class p on p.oid = i.inhparent"
            )
            self._parents = dict(cursor.fetchall())

    def note(self, said: Diagnostic) -> None:
        text = said.message_primary or ""
        if "plan:" in text:
            self._plans.append(json.loads(text.partition("plan:")[2])["Plan"])

    def scans(self) -> list[tuple[str, str, int]]:
        """(table, how, rows it read) of each scan of a large table that ran. What is prepared ends with the next."""
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        plans, self._plans = self._plans, []
        return [
            (table, self._parents.get(how, how), rows)
            for plan in plans
            for node in walk(plan)
            if (table := self._table(node)) in LARGE and node["Actual Loops"]
            for how, rows in [(node.get("Index Name") or node["Node Type"], read(node))]
        ]

    def _table(self, node: Any) -> str:
        table = node.get("Relation Name", "")
        return str(self._parents.get(table, table)) if "Scan" in node["Node Type"] else ""


def walk(plan: Any) -> Iterator[Any]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from walk(child)


def read(node: Any) -> int:
    return int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


@pytest.fixture
def watch(transactional_db: None) -> Iterator[Watch]:
    """The crowd is committed, since only the emptying of the tables after the test leaves no dead rows behind."""
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    found = Watch()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(WATCH)
        connection.connection.add_notice_handler(found.note)
        yield found
        connection.connection.remove_notice_handler(found.note)


def prepared(query: Query[Any]) -> Any:
    """As a gateway runs it, once PostgreSQL has settled on a plan that fits all."""
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("set local plan_cache_mode = force_generic_plan")
        try:
            statement = next(query)
            while True:
                cursor.execute(*statement, prepare=True)
                statement = query.send(cursor.fetchall())
        except StopIteration as done:
            return done.value
        finally:
            cursor.execute("reset plan_cache_mode")


READS: dict[str, tuple[Callable[[], Query[Any]], set[str]]] = {
    "the newest page": (lambda: queries.history(ANN, HOT_ONE, None, 50), {"entry_seq"}),
    "a page far back": (lambda: queries.history(ANN, HOT_ONE, 70_000, 50), {"entry_seq"}),
    "a page after": (lambda: queries.later(ANN, HOT_ONE, 70_000, 50), {"entry_seq"}),
    "telling subscriptions": (lambda: outgoing.events([Pointer(1, HOT_ONE, HOT - 100, HOT)]), {"entry_pkey"}),
    "a pull": (lambda: queries.pull(ANN, HOT_ONE, HOT - 100, 100), {"entry_pkey"}),
    "a gap": (lambda: queries.between(HOT_ONE, 500, 600), {"entry_pkey"}),
    "a message": (lambda: queries.message(ANN, HOT_ONE, 777), {"entry_seq"}),
    "one head": (lambda: heads.one(ANN, HOT_ONE), {"entry_seq", "entry_blanked"}),
    "the list": (lambda: heads.listed(ANN, None, 50), {"entry_seq"}),
    "the list, later": (lambda: heads.listed(ANN, (1_900_000_000_000, NIL), 50), {"entry_seq"}),
    "heads of devices": (lambda: heads.differing([Asked(ANN, {}), Asked(BOB, {HOT_ONE: [5, 5]})]), {"entry_seq"}),
    "the audience": (lambda: queries.audience([HOT_ONE, ident("c7")]), set()),
    "groups": (lambda: queries.groups_of([ANN, BOB]), set()),
    "memberships": (lambda: queries.memberships([(ANN, HOT_ONE)]), set()),
    "what moved": (lambda: queries.changed([ANN, BOB], 15.0), set()),
}


def append() -> None:
    drafts = [
        Draft(HOT_ONE, ANN, uuid7(), 1, b'{"text":"x"}', reply_to=HOT - 1, mentions=str(BOB)),
        *(Draft(ident(f"c{i}"), ident(f"u{i}"), uuid7(), 1, b'{"text":"x"}') for i in range(1, 100)),
        Draft(HOT_ONE, ANN, ident("k1"), 1, b'{"text":"x"}'),
    ]
    assert [outcome.code for outcome in log.append(drafts)] == [0] * 100 + [4]


def mark() -> None:
    marks = [Mark(HOT_ONE, ident(f"u{u}"), HOT - 10, HOT - 5) for u in range(2, 50)]
    assert all(one.moved for one in log.mark(marks))


def record() -> None:
    log.hold([HOT_ONE, ident("c5")])
    log.record([Note(HOT_ONE, "edit", ANN, target=1234), Note(ident("c5"), "edit", ANN, target=1)])


WRITES: dict[str, tuple[Callable[[], None], set[str]]] = {
    "appending": (append, {"entry_seq"}),
    "marking": (mark, {"entry_seq"}),
    "changing": (record, {"entry_seq"}),
}


def statements() -> Iterator[tuple[str, Callable[[], Any], set[str]]]:
    for name, (query, wanted) in READS.items():
        yield f"{name} by REST", lambda query=query: database.run(query()), wanted
        yield f"{name} by socket", lambda query=query: prepared(query()), wanted
    for name, (write, wanted) in WRITES.items():
        yield name, write, wanted


# Two people have 100 conversations each, and a direct one brings its other member and its last message.
FEW = 2_500


def test_every_statement_stays_on_its_index(watch: Watch, subtests: pytest.Subtests) -> None:
    for name, run, wanted in statements():
        watch.scans()
        run()
        scans = watch.scans()
        with subtests.test(name):
            assert scans
            assert not [scan for scan in scans if scan[1] == "Seq Scan"], scans
            assert {how for table, how, _ in scans if table == "entry"} >= wanted, scans
            assert sum(rows for _, _, rows in scans) <= FEW, scans
