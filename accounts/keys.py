"""API keys: imk_<prefix>_<secret>. The secret has 256 random bits, so a plain hash of it hides it well enough."""

import hashlib
import hmac
import re
import secrets
from typing import Final, NamedTuple

SCOPES: Final = ("users", "tokens", "act", "groups")
PREFIX_LENGTH: Final = 12
_SPELLED: Final = rf"imk_([a-z0-9]{{{PREFIX_LENGTH}}})_([A-Za-z0-9_-]{{43}})"
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


class Key(NamedTuple):
    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"imk_{self.prefix}_{self.secret}"

    @property
    def hashed(self) -> bytes:
        return hashlib.sha256(self.secret.encode()).digest()

    def opens(self, hashed: bytes) -> bool:
        return hmac.compare_digest(self.hashed, hashed)


def make() -> Key:
    return Key("".join(secrets.choice(_ALPHABET) for _ in range(PREFIX_LENGTH)), secrets.token_urlsafe(32))


def is_key(text: str) -> bool:
    return text.startswith("imk_")


def read(text: str) -> Key | None:
    found = re.fullmatch(_SPELLED, text)
    return Key(*found.groups()) if found else None
