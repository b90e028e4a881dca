"""Servers for one run, in a folder that goes away with them."""

import http.client
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imserver.embedded import environment, ports, postgres, supervisor, valkey
from imserver.embedded.process import Child, wait_for
from messaging.load.conduct import Failed

START_SECONDS = 60
SETTINGS = {
    "IM_ENV": "development",
    "FRIENDS_ONLY": "no",
    "LIMIT_COMMANDS_PER_SECOND": "0",
    "LIMIT_SOCKETS_PER_ADDRESS": "1000000",
    "LIMIT_GROUP_MEMBERS": "10000",
    "LOG_LEVEL": "WARNING",
    "KAFKA_TOPIC": "im.load",
    "MONGO_DATABASE": "im-load",
}
OUTSIDE = {"KAFKA_BOOTSTRAP": ("events", "topic"), "MONGO_URL": ("inbox", "indexes")}


@dataclass(frozen=True)
class Databases:
    folder: Path
    redis: int


@dataclass(frozen=True)
class Servers:
    url: str
    server: int
    relay: int | None


@contextmanager
def databases() -> Iterator[Databases]:
    """PostgreSQL and Valkey, empty, as durable as in earnest; the environment names them from here on."""
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="load-")))
        folder.chmod(0o711)
        store = postgres.start(folder)
        cleanup.callback(store.stop)
        cache = valkey.start(folder)
        cleanup.callback(cache.stop)
        addresses = {"DATA_DIR": str(folder), "DATABASE_URL": store.url, "REDIS_URL": cache.url}
        os.environ.update(environment.with_secrets(addresses | SETTINGS))
        yield Databases(folder, cache.pid)


def prepare() -> None:
    """Tables; and in Kafka and MongoDB, where the environment names them, a topic and indexes."""
    wanted = [command for variable, command in OUTSIDE.items() if os.environ.get(variable)]
    for command in (("migrate", "-v0"), *wanted):
        setup = Child("setup", [sys.executable, "manage.py", *command])
        setup.start()
        setup.wait()
        if setup.code:
            raise Failed(f"manage.py {' '.join(command)}: {_last_words(setup)}")


@contextmanager
def serving(folder: Path, *, relay: bool) -> Iterator[Servers]:
    """Web and gateway in one process on a free port; with `relay`, a Celery worker beside it."""
    port = ports.choose()
    roles = supervisor.roles(port, folder)
    with ExitStack() as cleanup:

        def start(role: str) -> Child:
            child = Child(role, [sys.executable, *roles[role]])
            child.start()
            cleanup.callback(child.stop)
            return child

        web = start("web")
        if not wait_for(lambda: _answers(port) or not web.running, START_SECONDS) or not web.running:
            raise Failed(f"The server did not start: {_last_words(web)}")
        yield Servers(f"ws://127.0.0.1:{port}", web.pid, start("worker").pid if relay else None)
        if not web.running:
            raise Failed(f"The server ended during the run: {_last_words(web)}")


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _last_words(child: Child) -> str:
    return "\n".join(child.last) or "it said nothing"
