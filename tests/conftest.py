import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from psycopg.conninfo import make_conninfo

from tests import make
from tests.make import Person
from tests.phone import Phone

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def ann(db: None) -> Person:
    return make.person("ann")


@pytest.fixture
def bob(db: None) -> Person:
    return make.person("bob")


@pytest.fixture
def eve(db: None) -> Person:
    """A stranger."""
    return make.person("eve")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def server_environment(**more: str) -> dict[str, str]:
    """The environment of a server process that works on the test database."""
    database = settings.DATABASES["default"]
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    url = make_conninfo(**{names[name]: database[name] for name in names if database[name]})
    limits = {"LIMIT_COMMANDS_PER_SECOND": "0", "DRAIN_SECONDS": "1", "LOG_LEVEL": "WARNING", "DATABASE_POOL": "4"}
    return {**os.environ, "DATABASE_URL": url, **limits, **more}


class Gateway:
    """A real server process."""

    def __init__(self, **environment: str):
        self.port = free_port()
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/ws"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Gateway":
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=server_environment(**self.environment))
        return self.wait()

    def wait(self) -> "Gateway":
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.http}/readyz", timeout=5):
                    return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            finally:
                self.process.kill()
                self.process.wait()


@pytest.fixture(scope="session")
def _gateways(django_db_setup: None) -> Iterator[tuple[Gateway, Gateway]]:
    pair = Gateway(), Gateway()
    try:
        for gateway in pair:
            gateway.start()
        yield pair
    finally:
        for gateway in pair:
            gateway.stop()


@pytest.fixture
def gateways(_gateways: tuple[Gateway, Gateway], transactional_db: None) -> tuple[Gateway, Gateway]:
    """Two real gateways on the test database, which everybody sees: what a test makes is committed."""
    return _gateways


@pytest.fixture
def phones(gateways: tuple[Gateway, Gateway]) -> Callable[..., Any]:
    """phones(ann, bob): a device each, on alternating gateways, connected."""

    async def connect(*people: Person) -> list[Phone]:
        found = [Phone(person, gateways[i % 2].url) for i, person in enumerate(people)]
        for phone in found:
            await phone.connect()
        return found

    return connect
