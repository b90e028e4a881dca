"""What a socket was sent and has not acknowledged. Daphne's send never waits, so this bounds a slow reader's memory."""

from collections import deque
from typing import Final

from django.conf import settings

from imserver.realtime.listener import Arrived

FRAMES: Final[int] = settings.LIMITS["window_frames"]
BYTES: Final[int] = settings.LIMITS["window_bytes"]


class Window:
    __slots__ = ("_sent", "bytes")

    def __init__(self) -> None:
        self._sent: deque[tuple[int, int, Arrived]] = deque()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._sent)

    def add(self, frame: int, size: int, arrived: Arrived) -> bool:
        """False where the reader is too slow. One frame of any size fits into an empty window."""
        self.bytes += size
        self._sent.append((frame, size, arrived))
        return len(self._sent) == 1 or (len(self._sent) <= FRAMES and self.bytes <= BYTES)

    def ack(self, frame: int) -> dict[str, int]:
        """Everything up to `frame` has arrived. Returns the highest message that arrived, by conversation."""
        arrived: dict[str, int] = {}
        while self._sent and self._sent[0][0] <= frame:
            _, size, messages = self._sent.popleft()
            self.bytes -= size
            for conversation, seq in messages:
                arrived[conversation] = max(seq, arrived.get(conversation, 0))
        return arrived
