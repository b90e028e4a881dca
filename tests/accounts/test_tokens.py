import base64
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.conf import settings
from django.utils import timezone

from accounts import tokens
from accounts.errors import TokenExpired, TokenInvalid

USER, DEVICE = uuid4(), uuid4()


def test_an_access_token_names_person_device_and_end() -> None:
    now = timezone.now().replace(microsecond=0)
    subject = tokens.subject(tokens.mint(USER, DEVICE, now=now))
    assert (subject.user_id, subject.device_id) == (USER, DEVICE)
    assert subject.expires_at == (now + settings.ACCESS_TOKEN_TTL).timestamp() + 30


@pytest.mark.parametrize("late", [-5, 20])
def test_clocks_may_differ_by_half_a_minute(late: int) -> None:
    now = timezone.now() - settings.ACCESS_TOKEN_TTL - timedelta(seconds=late)
    assert tokens.subject(tokens.mint(USER, DEVICE, now=now)).user_id == USER


def test_a_token_of_a_server_whose_clock_is_ahead_is_taken() -> None:
    assert tokens.subject(tokens.mint(USER, DEVICE, now=timezone.now() + timedelta(seconds=20))).user_id == USER


def test_an_expired_token_is_told_apart() -> None:
    old = timezone.now() - settings.ACCESS_TOKEN_TTL - timedelta(seconds=31)
    with pytest.raises(TokenExpired):
        tokens.subject(tokens.mint(USER, DEVICE, now=old))


def test_a_refresh_token_opens_nothing_and_an_access_token_refreshes_nothing() -> None:
    now = timezone.now()
    with pytest.raises(TokenInvalid):
        tokens.subject(tokens.mint_refresh(USER, DEVICE, 0, now=now))
    with pytest.raises(TokenInvalid):
        tokens.ticket(tokens.mint(USER, DEVICE, now=now))


def _deep() -> str:
    return base64.urlsafe_b64encode(b'{"alg":' + b"[" * 20_000).decode().rstrip("=") + ".e30.x"


def _unsigned() -> str:
    return jwt.encode({"use": "access", "sub": str(USER), "device": str(DEVICE), "exp": 2**40}, "", algorithm="none")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\ud800", "ü.ü.ü", "\0", _deep(), _unsigned()])
def test_what_we_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalid):
        tokens.subject(token)


def test_another_key_signs_nothing_here(settings: Any) -> None:
    token = tokens.mint(USER, DEVICE, now=timezone.now())
    settings.TOKEN_KEY = "another-key-of-at-least-32-characters"
    with pytest.raises(TokenInvalid):
        tokens.subject(token)
