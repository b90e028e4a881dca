"""What people do in a group costs PostgreSQL the same whether two hundred are in it or ten thousand.

Both are made through the host app's door. Then everybody does the same in both, and two things are compared: how many
statements it takes, and how many rows of which table are read and written by them, triggers and all.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import ApiKey, User
from groups.models import Group, MemberName
from messaging.models import Conversation, Entry, Member
from tests import make
from tests.accounts.conftest import Api
from tests.accounts.test_services import key
from tests.groups.conftest import api, wishes
from tests.make import Person
from tests.statements import counted

pytestmark = pytest.mark.django_db
SMALL, LARGE, CHUNK = 200, 10_000, 1_000  # both above the size where marks go to everybody
SLACK = 8  # rows: versions that this very transaction has left behind
TOUCHED = """
select relname, seq_tup_read + coalesce(idx_tup_fetch, 0), n_tup_ins + n_tup_upd + n_tup_del
from pg_stat_xact_user_tables
"""
PATH = "/v1/server/groups"
Act = Callable[["Crowd"], Any]


class Crowd:
    """A group, with the few of it who do something, and somebody outside."""

    def __init__(self, shop: Api, size: int, names: list[str]):
        self.shop, self.size = shop, size
        self.owner, self.admin, self.bob, self.cat, self.outside = (make.person(n) for n in "oabce")
        wishes(self.outside, "all")
        made = {"title": "Town", "owner": {"id": str(self.owner.id)}, "takes_requests": True}
        self.id = shop.post(PATH, made, status=201)["group"]["id"]
        Group.objects.filter(pk=self.id).update(limit=LARGE)
        few = [{"id": str(one.id), "role": role} for one, role in self._few()]
        members = [*few, *({"external_id": name} for name in names)][: size - 2]
        for start in range(0, len(members), CHUNK):
            shop.call("PUT", f"{PATH}/{self.id}/members", {"members": members[start : start + CHUNK]}, status=200)
        self.conversation = f"/v1/conversations/{self.id}"
        self.path = f"/v1/groups/{self.id}"
        for _ in range(3):
            self.rev = self.post()["rev"]

    def _few(self) -> list[tuple[Person, str]]:
        return [(self.admin, "admin"), (self.bob, "member"), (self.cat, "member")]

    def post(self) -> Any:
        said = {"key": str(uuid4()), "kind": "text", "content": {"text": "hello"}}
        return api(self.bob).post(f"{self.conversation}/messages", said, status=201)

    def call(self, by: Person, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        return api(by).call(method, self.path + path, body, status=status)


def search(crowd: Crowd) -> None:
    found = crowd.call(crowd.bob, "GET", "/members?q=x-5&limit=10")["items"]
    assert len(found) == 10


def page(crowd: Crowd) -> None:
    first = crowd.call(crowd.bob, "GET", "/members?limit=20")
    assert len(crowd.call(crowd.bob, "GET", f"/members?limit=20&after={first['next']}")["items"]) == 20


def add(crowd: Crowd) -> None:
    crowd.call(crowd.admin, "POST", "/members", {"users": [str(crowd.outside.id)]})


def take_out(crowd: Crowd) -> None:
    crowd.call(crowd.admin, "DELETE", f"/members/{crowd.outside.id}", status=204)


def ask(crowd: Crowd) -> None:
    crowd.call(crowd.outside, "POST", "/join-requests", {"message": "let me in"})


def approve(crowd: Crowd) -> None:
    crowd.call(crowd.admin, "POST", f"/join-requests/{crowd.outside.id}/approve", status=204)


def import_one(crowd: Crowd) -> None:
    body = {"members": [{"id": str(crowd.cat.id), "role": "admin"}]}
    crowd.shop.call("PUT", f"{PATH}/{crowd.id}/members", body, status=200)


def edit(crowd: Crowd) -> None:
    api(crowd.bob).call("PATCH", f"{crowd.conversation}/messages/2", {"content": {"text": "anew"}}, status=200)


ACTS: dict[str, Act] = {
    "post": Crowd.post,
    "mention": lambda crowd: api(crowd.owner).post(
        f"{crowd.conversation}/messages",
        {"key": str(uuid4()), "kind": "text", "content": {"text": "@all"}, "mentions": ["all"]},
        status=201,
    ),
    "edit": edit,
    "read": lambda crowd: api(crowd.cat).post(f"{crowd.conversation}/mark", {"read_seq": 3}),
    "history": lambda crowd: api(crowd.cat).get(f"{crowd.conversation}/messages"),
    "pull": lambda crowd: api(crowd.cat).get(f"{crowd.conversation}/entries?after_rev={crowd.rev - 2}"),
    "head": lambda crowd: api(crowd.cat).get(crowd.conversation),
    "list of conversations": lambda crowd: api(crowd.cat).get("/v1/conversations"),
    "look": lambda crowd: crowd.call(crowd.bob, "GET", ""),
    "page of members": page,
    "search members": search,
    "add one": add,
    "take one out": take_out,
    "ask to come in": ask,
    "approve": approve,
    "nickname": lambda crowd: api(crowd.cat).call(
        "PATCH", f"{crowd.conversation}/settings", {"nickname": "Kitty"}, status=200
    ),
    "import one": import_one,
    "leave": lambda crowd: crowd.call(crowd.outside, "POST", "/leave", status=204),
    "update": lambda crowd: crowd.call(crowd.admin, "PATCH", "", {"title": "City"}),
    "announce": lambda crowd: crowd.call(crowd.admin, "PUT", "/announcement", {"text": "Welcome"}),
    "make an admin": lambda crowd: crowd.call(
        crowd.owner, "PATCH", f"/members/{crowd.bob.id}", {"role": "admin"}, status=204
    ),
    "dismiss": lambda crowd: crowd.call(crowd.owner, "DELETE", "", status=204),
}


def touched() -> dict[str, tuple[int, int]]:
    """Rows read and rows written by this transaction till now, by table; partitions count as one."""
    found: Counter[tuple[str, int]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED)
        for table, *rows in cursor.fetchall():
            for what, number in enumerate(rows):
                found[table.rstrip("0123456789").rstrip("_"), what] += number
    return {table: (found[table, 0], found[table, 1]) for table, _ in found}


class Cost:
    """What an act took: statements, and rows of each table."""

    def __init__(self, statements: list[str], before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]):
        self.statements = statements
        self.rows = {
            table: tuple(now - then for now, then in zip(counts, before.get(table, (0, 0)), strict=True))
            for table, counts in after.items()
        }

    def beyond(self, other: "Cost") -> dict[str, tuple[int, int]]:
        """Tables of which this took more rows."""
        return {
            table: (read - seen, written - changed)
            for table, (read, written) in self.rows.items()
            for seen, changed in [other.rows.get(table, (0, 0))]
            if read - seen > SLACK or written != changed
        }


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Callable[..., Cost]:
    def run(act: Callable[[], Any]) -> Cost:
        before = touched()
        with counted(monkeypatch) as found, django_capture_on_commit_callbacks(execute=True):
            act()
        return Cost(found, before, touched())

    return run


@pytest.fixture
def shop(db: None) -> Api:
    return Api(key("--scope=groups"))


def customers(count: int, prefix: str) -> list[str]:
    names = [f"{prefix}-{number}" for number in range(count)]
    pattern = User(password="!")
    same = {field.column: getattr(pattern, field.attname) for field in User._meta.concrete_fields}
    same = {
        name: value for name, value in same.items() if name not in ("id", "username", "display_name", "external_id")
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into accounts_user (id, username, display_name, external_id, {', '.join(same)})"
            f" select gen_random_uuid(), n, n, n, {', '.join(['%s'] * len(same))} from unnest(%s::text[]) n",
            [*same.values(), names],
        )
    return names


@pytest.mark.timeout(400)
def test_what_people_do_costs_the_same_in_a_group_of_any_size(
    shop: Api, measure: Callable[..., Cost], subtests: pytest.Subtests
) -> None:
    names = customers(LARGE, "x")
    large, small = Crowd(shop, LARGE, names), Crowd(shop, SMALL, names[5_000:])
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    for crowd in (small, large):
        assert Conversation.objects.get(pk=crowd.id).members == crowd.size - 1
        assert Member.objects.filter(conversation_id=crowd.id).count() == crowd.size - 1
        assert MemberName.objects.filter(group_id=crowd.id).values("user_id").distinct().count() == crowd.size - 1
    assert Entry.objects.filter(conversation_id=large.id).count() < 30, "so many came in, and few notices say so"
    api(small.owner).get("/v1/conversations")  # the first of all asks for what is kept in memory then
    ApiKey.objects.update(last_used_at=timezone.now() + timedelta(hours=1))  # it is noted once a minute
    for name, act in ACTS.items():
        costs = [measure(partial(act, crowd)) for crowd in (small, large)]
        with subtests.test(name):
            few, many = costs
            assert len(few.statements) == len(many.statements) > 0
            assert not many.beyond(few)


def test_an_import_takes_as_many_statements_for_a_thousand_as_for_thirty(
    shop: Api, measure: Callable[..., Cost]
) -> None:
    made = [shop.post(PATH, {"title": "Town"}, status=201)["group"]["id"] for _ in range(2)]
    Group.objects.update(limit=LARGE)
    names = customers(CHUNK + 30, "y")
    costs = []
    for group, chunk in zip(made, (names[:30], names[30:]), strict=True):
        path, people = f"{PATH}/{group}/members", [{"external_id": name} for name in chunk]
        for role in ("member", "admin"):
            body = {"members": [{**one, "role": role} for one in people]}
            costs.append(measure(partial(shop.call, "PUT", path, body, status=200)))
        costs.append(measure(partial(shop.post, f"{path}/remove", {"members": people})))
    few, many = costs[:3], costs[3:]
    assert [len(cost.statements) for cost in few] == [len(cost.statements) for cost in many]
