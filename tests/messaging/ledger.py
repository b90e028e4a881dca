"""What a patient clerk would write down of a few conversations: the naive model that the log is held against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from messaging import errors, rules
from messaging.rules import NIL, Kind, Role
from messaging.writes import Draft, Mark, Outcome


@dataclass
class Line:
    """An entry, with what happened to it since."""

    kind: int
    actor: UUID
    changed_rev: int
    seq: int | None = None
    target: int | None = None
    key: UUID | None = None
    content: str | None = None
    mentions: list[UUID] = field(default_factory=list)


@dataclass
class Standing:
    role: int = Role.MEMBER
    read: int = 0
    delivered: int = 0
    from_rev: int = 0
    from_seq: int = 0
    denied: int = 0


@dataclass
class Book:
    """One conversation."""

    id: UUID
    kind: Kind
    people: dict[UUID, Standing]
    lines: list[Line] = field(default_factory=list)
    blanked_rev: int = 0

    @property
    def rev(self) -> int:
        return len(self.lines)

    @property
    def messages(self) -> list[Line]:
        return [line for line in self.lines if line.seq is not None]

    def note(self, kind: int, actor: UUID, target: int | None = None, content: str | None = None) -> int:
        self.lines.append(Line(kind, actor, self.rev + 1, target=target, content=content))
        if target is not None:
            self.messages[target - 1].changed_rev = self.rev
        return self.rev

    def join(self, user: UUID, role: int = Role.MEMBER) -> None:
        self.people[user] = Standing(role, from_rev=self.rev, from_seq=len(self.messages))

    def unread(self, user: UUID) -> int:
        return sum(line.content is not None and line.actor != user for line in self._above_mark(user))

    def mentions(self, user: UUID) -> int:
        return sum(user in line.mentions or NIL in line.mentions for line in self._above_mark(user))

    def _above_mark(self, user: UUID) -> list[Line]:
        standing = self.people[user]
        return self.messages[max(standing.read, standing.from_seq) :]

    def replies_to(self, draft: Draft) -> bool:
        """Whether the message replied to is there for the writer."""
        target, messages = draft.reply_to or 0, self.messages
        return self.people[draft.sender].from_seq < target <= len(messages) and messages[target - 1].content is not None

    def may_mention(self, sender: UUID, whom: UUID) -> bool:
        if whom == NIL:
            return self.kind == Kind.GROUP and self.people[sender].role >= Role.ADMIN
        return whom in self.people

    def message(self, user: UUID, seq: int) -> Line:
        if user not in self.people:
            raise errors.NotAMember
        if not self.people[user].from_seq < seq <= len(self.messages):
            raise errors.MessageNotFound
        return self.messages[seq - 1]

    def edit(self, user: UUID, seq: int, content: str) -> None:
        line = self.message(user, seq)
        if denied := self.people[user].denied:
            raise errors.refusal(denied)
        if line.content is None:
            raise errors.Recalled
        if line.actor != user:
            raise errors.NotYours
        if line.content != content:
            line.content = content
            self.note(32, user, seq)

    def recall(self, user: UUID, seq: int) -> int:
        line = self.message(user, seq)
        if line.content is None:
            raise errors.Recalled
        if line.actor != user and self.people[user].role < Role.ADMIN:
            raise errors.NotYours
        line.content, line.mentions = None, []
        self.blanked_rev = self.note(33, user, seq)
        return self.blanked_rev


@dataclass
class Ledger:
    """All conversations, and every key that was ever taken."""

    books: dict[UUID, Book]
    keys: dict[UUID, tuple[Draft, int, int]] = field(default_factory=dict)

    def own(self, user: UUID) -> Book:
        return self.books[rules.pair(user, user)]

    def append(self, drafts: Sequence[Draft]) -> list[tuple[int, int | None, int | None]]:
        """(code, rev, seq) of each draft. What a batch replies to or mentions is judged before its first message."""
        codes = [self._code(draft) for draft in drafts]
        kept = [self._kept(draft) if code == 0 else [] for draft, code in zip(drafts, codes, strict=True)]
        return [self._append(*one) for one in zip(drafts, codes, kept, strict=True)]

    def _code(self, draft: Draft) -> int:
        if draft.key in self.keys:
            return 3 if self.keys[draft.key][0] == draft else 4
        book = self.books[draft.conversation]
        if draft.sender not in book.people:
            return 1
        if book.people[draft.sender].denied:
            return 2
        return 5 if draft.reply_to is not None and not book.replies_to(draft) else 0

    def _kept(self, draft: Draft) -> list[UUID]:
        book, wanted = self.books[draft.conversation], (draft.mentions or "").split(",")
        return [UUID(who) for who in wanted if who and book.may_mention(draft.sender, UUID(who))]

    def _append(self, draft: Draft, code: int, kept: list[UUID]) -> tuple[int, int | None, int | None]:
        if code in (3, 4):
            return code, *self.keys[draft.key][1:]
        if code:
            return code, None, None
        book = self.books[draft.conversation]
        rev, seq = book.rev + 1, len(book.messages) + 1
        book.lines.append(
            Line(draft.kind, draft.sender, rev, seq, key=draft.key, content=draft.content.decode(), mentions=kept)
        )
        book.people[draft.sender].read = seq
        self.keys[draft.key] = draft, rev, seq
        return 0, rev, seq

    def edit(self, *, user_id: UUID, conversation_id: UUID, seq: int, content: str) -> None:
        self.books[conversation_id].edit(user_id, seq, content)

    def recall(self, *, user_id: UUID, conversation_id: UUID, seq: int) -> int:
        return self.books[conversation_id].recall(user_id, seq)

    def mark(self, marks: Iterable[Mark]) -> dict[tuple[UUID, UUID], tuple[int, int]]:
        """The marks afterwards of everybody asked for who is a member."""
        found = {}
        for mark in marks:
            book = self.books[mark.conversation]
            if standing := book.people.get(mark.user):
                head = len(book.messages)
                standing.read = max(standing.read, min(mark.read_seq or 0, head))
                standing.delivered = max(
                    standing.delivered, min(max(mark.delivered_seq or 0, mark.read_seq or 0), head)
                )
                found[book.id, mark.user] = standing.read, standing.delivered
        return found


def spelled(outcome: Outcome) -> tuple[int, int | None, int | None]:
    return outcome.code, outcome.rev, outcome.seq
