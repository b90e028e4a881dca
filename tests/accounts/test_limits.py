"""Whose tries are counted: by address, of IPv6 by the network of a home, behind a proxy as far as it is trusted."""

import secrets
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_tries(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}


def tries(*origins: tuple[str, str]) -> list[int]:
    """The statuses of log-ins from (address, X-Forwarded-For)."""
    body = {"username": f"nobody-{secrets.token_hex(4)}", "password": "wrong-horse-battery"}  # names count too
    return [
        Client(REMOTE_ADDR=address, headers={"x-forwarded-for": forwarded} if forwarded else {})
        .post("/v1/auth/login", body, content_type="application/json")
        .status_code
        for address, forwarded in origins
    ]


def test_an_address_of_ipv4_counts_alone(two_tries: None) -> None:
    assert tries(*[("198.51.100.1", "")] * 3, ("198.51.100.2", "")) == [400, 400, 429, 400]


def test_a_network_of_ipv6_counts_as_one(two_tries: None) -> None:
    there = [(f"2001:db8:7:{n // 4}::{n}", "") for n in range(5)]
    assert tries(*there) == [400, 400, 429, 429, 400]


def test_what_a_client_says_of_itself_does_not_count(two_tries: None) -> None:
    assert tries(*[("198.51.100.3", f"203.0.113.{n}") for n in range(3)]) == [400, 400, 429]


def test_behind_a_proxy_the_address_it_saw_counts(two_tries: None, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    through = [("10.0.0.1", f"203.0.113.{n}, 198.51.100.{200 + n // 3}") for n in range(4)]
    assert tries(*through) == [400, 400, 429, 400]
