"""Signed tokens of a device. What a token says is checked here without I/O; whether its device lives, by the doors.

An access token opens REST and the socket for minutes. A refresh token carries the number of its turn: the device row
holds the newest, so a token used twice is known without a list of those given out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt
from django.conf import settings

from accounts.errors import TokenExpired, TokenInvalid

_ALGORITHM: Final = "HS256"
_SKEW: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Subject:
    user_id: UUID
    device_id: UUID
    expires_at: float  # Unix seconds until which the server takes the token


@dataclass(frozen=True, slots=True)
class Ticket:
    user_id: UUID
    device_id: UUID
    turn: int


def bearer(header: str) -> str:
    """The token in an Authorization header, or nothing."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def mint(user_id: UUID, device_id: UUID, *, now: datetime) -> str:
    return _sign("access", user_id, device_id, now, now + settings.ACCESS_TOKEN_TTL, {})


def subject(token: str) -> Subject:
    """Who an access token speaks for. Raises TokenInvalid or TokenExpired."""
    claims = _verify("access", token)
    return Subject(UUID(claims["sub"]), UUID(claims["device"]), claims["exp"] + _SKEW.total_seconds())


def mint_refresh(user_id: UUID, device_id: UUID, turn: int, *, now: datetime) -> str:
    return _sign("refresh", user_id, device_id, now, now + settings.REFRESH_TOKEN_TTL, {"turn": turn})


def ticket(token: str) -> Ticket:
    """What a refresh token is good for. Raises TokenInvalid or TokenExpired."""
    claims = _verify("refresh", token)
    return Ticket(UUID(claims["sub"]), UUID(claims["device"]), claims["turn"])


def _sign(use: str, user_id: UUID, device_id: UUID, start: datetime, end: datetime, more: dict[str, int]) -> str:
    claims = {"use": use, "sub": str(user_id), "device": str(device_id), "iat": start, "exp": end, **more}
    return jwt.encode(claims, settings.TOKEN_KEY, algorithm=_ALGORITHM)


def _verify(use: str, token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(token, settings.TOKEN_KEY, algorithms=[_ALGORITHM], leeway=_SKEW)
    except jwt.ExpiredSignatureError:
        raise TokenExpired from None
    except (jwt.InvalidTokenError, ValueError, RecursionError):  # the header is parsed before the signature is checked
        raise TokenInvalid from None
    if claims.get("use") != use:
        raise TokenInvalid
    return claims
