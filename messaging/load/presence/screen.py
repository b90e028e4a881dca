"""What one watcher shows of the people he watches. Pure: a clock and a list of who is here are handed in."""

from collections import Counter
from collections.abc import Iterable, Mapping

from messaging.load.wire import Move


class Screen:
    def __init__(self, users: Iterable[str], here: Mapping[str, int]) -> None:
        self._shown: dict[str, Move | None] = dict.fromkeys(users)
        self._here = here
        """Who has been welcomed and has not gone, and when that was."""
        self._due: dict[str, int] = {}
        """Who has come and is not shown yet, and since when."""
        self.unseen = 0
        self.faults: Counter[str] = Counter()

    def came(self, user: str) -> None:
        shown = self._shown[user]
        if shown is None or not shown.online:
            self._due.setdefault(user, self._here[user])

    def went(self, user: str) -> None:
        """Who goes before he was shown need not be shown any more."""
        self.unseen += self._due.pop(user, None) is not None

    def take(self, move: Move, now: int) -> int | None:
        """How long that was due, if it shows somebody who has come."""
        if move.user not in self._shown:
            self.faults["told of somebody who is not watched"] += 1
            return None
        self.faults["repeated"] += self._shown[move.user] == move
        self._shown[move.user] = move
        since = self._due.pop(move.user, None)
        if move.online:
            return None if since is None else now - since
        if move.user in self._here:  # his going before this coming
            self._due[move.user] = since or self._here[move.user]
        return None

    @property
    def is_complete(self) -> bool:
        return None not in self._shown.values()

    def wrong(self) -> int:
        return sum(move is None or move.online != (user in self._here) for user, move in self._shown.items())
