import os
import time
import uuid
from typing import Final

VERSION: Final = 7


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits."""
    millis, noise = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big")
    return uuid.UUID(int=millis << 80 | 7 << 76 | (noise >> 68) << 64 | 2 << 62 | noise & (1 << 62) - 1)


def millis(key: uuid.UUID) -> int:
    """The Unix milliseconds that a UUIDv7 carries."""
    return key.int >> 80
