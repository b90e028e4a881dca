"""What was just told, and need not be told again so soon."""

import time
from collections.abc import Callable, Hashable
from typing import Final

TYPING_SECONDS: Final = 3.0
_MOST: Final = 10_000  # beyond it the oldest is forgotten early, and then told again


class Lately:
    """Keys that came up within the last seconds. In a dict they stand in order of time."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic):
        self._seconds, self._now = seconds, now
        self._came: dict[Hashable, float] = {}

    def is_new(self, key: Hashable) -> bool:
        """And counts as told from now on."""
        now = self._now()
        self._forget(now - self._seconds)
        if key in self._came:
            return False
        self._came[key] = now
        return True

    def _forget(self, until: float) -> None:
        while self._came:
            oldest = next(iter(self._came))
            if self._came[oldest] > until and len(self._came) < _MOST:
                return
            del self._came[oldest]
