import time
from typing import Final

from django.conf import settings

RATE: Final[int] = settings.LIMITS["commands_per_second"]
BURST: Final[int] = settings.LIMITS["commands_burst"]
PATIENCE: Final = 100


class Limiter:
    """A token bucket for one socket, without I/O. A rate of 0 lets everything pass."""

    __slots__ = ("_at", "_tokens", "refused")

    def __init__(self) -> None:
        self._tokens, self._at = float(BURST), time.monotonic()
        self.refused = 0  # in a row

    def take(self) -> int:
        """Milliseconds to wait; 0 where the command may pass."""
        if not RATE:
            return 0
        now = time.monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._at) * RATE)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            self.refused = 0
            return 0
        self.refused += 1
        return int((1 - self._tokens) / RATE * 1000) + 1

    @property
    def exhausted(self) -> bool:
        return self.refused > PATIENCE
