import time


class Breaker:
    """After a failure nobody asks again for a while, so that what is away costs one wait, not one for each caller."""

    def __init__(self, seconds: float):
        self._seconds = seconds
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def failed(self) -> None:
        self._open_until = time.monotonic() + self._seconds
