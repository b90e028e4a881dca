"""Secrets that the server must read again, as those of TOTP: sealed, so that a stolen database does not tell them.

The keys are made from SECRET_KEY. Under a new one the old ones still open, as long as OLD_SECRET_KEYS names them.
"""

import base64
from typing import Final

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_USE: Final = b"accounts.sealing"


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=_USE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
