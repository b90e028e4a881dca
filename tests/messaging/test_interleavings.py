"""Any order of sends, retries, marks, changes, joinings and leavings leaves the log as a patient clerk has it."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from imserver import database
from imserver.errors import DomainError
from imserver.ids import uuid7
from messaging import actions, heads, log, rules
from messaging.events import NUMBERS
from messaging.heads import Asked
from messaging.models import Conversation, Entry, Member, Outbox, Sent
from messaging.rules import NIL, Kind, Role
from messaging.writes import Draft, Mark
from tests import make
from tests.messaging.ledger import Book, Ledger, Standing, spelled

PEOPLE, CONVERSATIONS = 4, 3
who = st.integers(0, PEOPLE - 1)
where = st.integers(0, CONVERSATIONS - 1)
number = st.integers(0, 12)
text = st.sampled_from(['{"text":"a"}', '{"text":"b"}', '{"text":"c"}'])
mentioned = st.lists(st.integers(0, PEOPLE), max_size=3, unique=True)
fresh = st.tuples(st.just("fresh"), where, who, text, st.none() | number, mentioned)
again = st.tuples(st.sampled_from(["again", "reused"]), number)
marked = st.tuples(where, who, st.none() | number, st.none() | number)


class Interleavings(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        people = [make.person(name) for name in ("ann", "bob", "cid", "dan")]
        self.people = [person.id for person in people]
        ann, bob, cid, _ = self.people
        own = {
            rules.pair(user, user): Book(rules.pair(user, user), Kind.SELF, {user: Standing()}) for user in self.people
        }
        direct, notes, group = make.direct(*people[:2]), make.direct(people[0], people[0]), make.group(*people[:3])
        self.ledger = Ledger({**own, direct: Book(direct, Kind.DIRECT, {ann: Standing(), bob: Standing()})})
        members = {ann: Standing(Role.OWNER), bob: Standing(), cid: Standing()}
        self.group = self.ledger.books[group] = Book(group, Kind.GROUP, members)
        self.group.note(NUMBERS["group.updated"], ann, content='{"title": "Group"}')
        self.places = [direct, group, notes]
        for user in members:
            self._told(user, "conversation.joined")
        self.drafts: list[Draft] = []

    def _told(self, user: UUID, kind: str) -> None:
        content = json.dumps({"conversation": str(self.group.id)})
        self.ledger.own(user).note(NUMBERS[kind], self.people[0], content=content)

    @rule(wanted=st.lists(fresh | again, min_size=1, max_size=5))
    def send(self, wanted: list[Any]) -> None:
        batch = {draft.key: draft for draft in map(self._draft, wanted) if draft}
        drafts = list(batch.values())
        self.drafts += drafts
        expected = self.ledger.append(drafts)
        assert [spelled(outcome) for outcome in log.append(drafts)] == expected if drafts else True

    def _draft(self, wanted: Any) -> Draft | None:
        if wanted[0] == "fresh":
            _, place, sender, content, reply, mentions = wanted
            names = ",".join(str([*self.people, NIL][i]) for i in mentions) or None
            return Draft(self.places[place], self.people[sender], uuid7(), 1, content.encode(), reply, names)
        if not self.drafts:
            return None
        old = self.drafts[wanted[1] % len(self.drafts)]
        return old if wanted[0] == "again" else old._replace(content=b'{"text":"another"}')

    @rule(wanted=st.lists(marked, min_size=1, max_size=4))
    def mark(self, wanted: list[Any]) -> None:
        marks = [Mark(self.places[place], self.people[user], *numbers) for place, user, *numbers in wanted]
        expected = self.ledger.mark(marks)
        assert {(one.conversation, one.user): (one.read_seq, one.delivered_seq) for one in log.mark(marks)} == expected

    @rule(place=where, user=who, seq=number, own=st.booleans(), content=text)
    def edit(self, place: int, user: int, seq: int, own: bool, content: str) -> None:
        named = self._own(seq) if own and self.ledger.keys else self._any(place, user, seq)
        self._same(
            lambda: self.ledger.edit(**named, content=content),
            lambda: actions.edit(**named, edited=actions.Edited(content.encode()), now=timezone.now()),
        )

    @rule(place=where, user=who, seq=number, own=st.booleans())
    def recall(self, place: int, user: int, seq: int, own: bool) -> None:
        named = self._own(seq) if own and self.ledger.keys else self._any(place, user, seq)
        self._same(lambda: self.ledger.recall(**named), lambda: actions.recall(**named, now=timezone.now()))

    def _any(self, place: int, user: int, seq: int) -> dict[str, Any]:
        return {"user_id": self.people[user], "conversation_id": self.places[place], "seq": seq}

    def _own(self, number: int) -> dict[str, Any]:
        """A message that was sent, and its author: by chance alone the two hardly ever meet."""
        draft, _, seq = list(self.ledger.keys.values())[number % len(self.ledger.keys)]
        return {"user_id": draft.sender, "conversation_id": draft.conversation, "seq": seq}

    def _same(self, expected: Callable[[], object], found: Callable[[], object]) -> None:
        assert _outcome(found) == _outcome(expected)

    @rule(user=st.integers(1, PEOPLE - 1))
    def join(self, user: int) -> None:
        joined = actions.add_members(conversation_id=self.group.id, user_ids=[self.people[user]], by=self.people[0])
        assert joined == [one for one in [self.people[user]] if one not in self.group.people]
        for one in joined:
            self.group.join(one)
            self.group.note(NUMBERS["member.joined"], self.people[0], content=json.dumps({"user": str(one)}))
            self._told(one, "conversation.joined")

    @rule(user=st.integers(1, PEOPLE - 1))
    def leave(self, user: int) -> None:
        left = actions.remove_members(conversation_id=self.group.id, user_ids=[self.people[user]], by=self.people[0])
        assert left == [one for one in [self.people[user]] if one in self.group.people]
        for one in left:
            del self.group.people[one]
            self.group.note(NUMBERS["member.left"], self.people[0], content=json.dumps({"user": str(one)}))
            self._told(one, "conversation.left")

    @rule(place=where, user=who, bit=st.sampled_from([1, 2, 4, 8]), denied=st.booleans())
    def deny(self, place: int, user: int, bit: int, denied: bool) -> None:
        actions.deny(conversation_id=self.places[place], user_id=self.people[user], policies=bit, denied=bit * denied)
        if standing := self.ledger.books[self.places[place]].people.get(self.people[user]):
            standing.denied = standing.denied | bit if denied else standing.denied & ~bit

    @invariant()
    def conversations_stand_where_the_ledger_says(self) -> None:
        rows = Conversation.objects.filter(id__in=self.ledger.books).values_list(
            "id", "rev", "seq", "blanked_rev", "members"
        )
        found = {row[0]: row[1:] for row in rows}
        assert {book.id: found.get(book.id, (0, 0, 0, 1)) for book in self.ledger.books.values()} == {
            book.id: (book.rev, len(book.messages), book.blanked_rev, len(book.people))
            for book in self.ledger.books.values()
        }

    @invariant()
    def entries_are_dense_and_say_what_was_done(self) -> None:
        rows = Entry.objects.filter(conversation_id__in=self.ledger.books).order_by("conversation_id", "rev")
        place, change = ("conversation_id", "rev", "kind", "sender_id"), ("changed_rev", "seq", "target")
        assert list(rows.values_list(*place, *change, "key", "content", "mentions")) == [
            (
                book.id, rev, line.kind, line.actor, line.changed_rev, line.seq, line.target, line.key, line.content,
                ",".join(map(str, line.mentions)) or None,
            )
            for book in sorted(self.ledger.books.values(), key=lambda book: book.id)
            for rev, line in enumerate(book.lines, 1)
        ]  # fmt: skip

    @invariant()
    def a_key_stands_for_one_message(self) -> None:
        taken = Sent.objects.filter(conversation_id__in=self.ledger.books).values_list(
            "key", "conversation_id", "sender_id", "rev", "seq"
        )
        assert {row[0]: row[1:] for row in taken} == {
            key: (draft.conversation, draft.sender, rev, seq) for key, (draft, rev, seq) in self.ledger.keys.items()
        }

    @invariant()
    def the_outbox_tells_every_rev_once_and_in_order(self) -> None:
        told: dict[UUID, list[int]] = {book: [] for book in self.ledger.books}
        for pointer in Outbox.objects.filter(conversation_id__in=told).order_by("id"):
            told[pointer.conversation_id] += range(pointer.first_rev, pointer.last_rev + 1)
        assert told == {book.id: list(range(1, book.rev + 1)) for book in self.ledger.books.values()}

    @invariant()
    def members_and_counts_are_those_of_a_naive_count(self) -> None:
        place, fields = ("user_id", "conversation_id"), ("read_seq", "delivered_seq", "from_rev", "from_seq", "denied")
        members = Member.objects.filter(user_id__in=self.people).values_list(*place, *fields, "own_ahead")
        rows = {row[:2]: row[2:] for row in members}
        found = database.run(heads.differing([Asked(user, {}) for user in self.people]))
        counts = {
            (user, UUID(head["conversation"])): (head["unread"], head["mentions"], head["read_seq"])
            for user, listed in zip(self.people, found, strict=True)
            for head in map(json.loads, listed.items)
        }
        for book in self.ledger.books.values():
            for user, one in book.people.items():
                stands = (one.read, one.delivered, one.from_rev, one.from_seq, one.denied, 0)
                assert rows.get((user, book.id), (0,) * 6) == stands
                if book.lines:
                    assert counts[user, book.id] == (book.unread(user), book.mentions(user), one.read)
        assert rows.keys() <= {(user, book.id) for book in self.ledger.books.values() for user in book.people}


def _outcome(call: Callable[[], object]) -> object:
    try:
        return call()
    except DomainError as e:
        return e.code


@pytest.mark.django_db
def test_any_interleaving_leaves_the_log_as_the_ledger_has_it() -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
