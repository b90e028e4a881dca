"""A device's copies of the conversations that have moved, against what the log holds. Pure."""

from collections.abc import Sequence

from messaging.load import wire
from messaging.load.resume.plan import Gap, Known, Tally


class Copy:
    def __init__(self, gap: Gap, tally: Tally) -> None:
        self.cursor = gap.cursor
        self.head = gap.cursor + len(gap.keys)
        self.missing = dict(enumerate(gap.keys, gap.cursor + 1))
        self._tally = tally

    def take(self, page: wire.Run) -> bool:
        """Says whether there is more to pull."""
        prev = page.prev
        for item in page.items:
            self._tally.errors["prev is not the rev before"] += prev != item.rev - 1
            self._place(item)
            prev = item.rev
        self._tally.wrong += page.head != self.head
        self.cursor = max(self.cursor, prev)
        return bool(page.items) and self.cursor < page.head

    def _place(self, item: wire.Item) -> None:
        if item.rev > self.head:
            self._tally.errors["an entry that is not in the log"] += 1
        elif item.rev not in self.missing:
            self._tally.duplicated += 1
        else:
            self._tally.reordered += item.rev != min(self.missing)
            self._tally.errors["another key at this rev"] += item.key != self.missing.pop(item.rev)


def wrong(start: wire.Start, gaps: Sequence[Gap]) -> int:
    """Heads that are not as they must be: those of what has moved, and no others."""
    expected = {gap.conversation: gap.head for gap in gaps}
    found = {head.conversation: _known(head) for head in start.heads}
    differing = sum(found.get(conversation) != expected.get(conversation) for conversation in found | expected)
    return differing + len(start.heads) - len(found) + len(start.left) + start.more + start.reset


def _known(head: wire.Head) -> Known:
    return [head.rev, head.read_seq, head.peer_read, head.peer_delivered]
