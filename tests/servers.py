"""pytest plug-in (`-p tests.servers`): real PostgreSQL and Redis for one run, before Django reads its settings.

DATABASE_URL and REDIS_URL name existing servers instead. Every run has a folder of its own below DATA_DIR.

Kafka and MongoDB are used where KAFKA_BOOTSTRAP and MONGO_URL name them, or Docker Compose can start them: by the tests
that ask for the fixtures `kafka` and `mongo`. What is not there is left out aloud; IM_REQUIRE=kafka,mongo makes leaving
out a failure.
"""

import atexit
import fcntl
import os
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from imserver.embedded import postgres, valkey
from imserver.embedded.process import Child
from tests import containers

REAL = {"kafka": "KAFKA_BOOTSTRAP", "mongo": "MONGO_URL"}
FOUND = {name: os.environ.pop(variable, "") for name, variable in REAL.items()}
_skipped: Counter[str] = Counter()
_HOME = Path(os.environ.get("DATA_DIR") or Path(__file__).parent.parent / ".data" / "test").resolve()


def _sweep() -> None:
    """Folders of runs that were killed: nobody holds their lock any more."""
    for folder in _HOME.glob("run-*"):
        with _locked(folder) as is_mine:
            if is_mine:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _start() -> None:
    _HOME.mkdir(parents=True, exist_ok=True)
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=_HOME))
    fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)  # kept for as long as the process lives
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_hex(32),
        "TOKEN_KEY": secrets.token_hex(32),
        "DEMO_PASSWORD": secrets.token_urlsafe(9),
        "FRIENDS_ONLY": "no",  # most tests are about strangers; those of friends turn it on
        "DJANGO_SETTINGS_MODULE": "imserver.settings",
    }
    for name, server in (("DATABASE_URL", postgres), ("REDIS_URL", valkey)):
        if name not in os.environ:
            child: Child = server.start(folder, durable=False)
            atexit.register(child.kill)
            os.environ[name] = child.url


@pytest.hookimpl(trylast=True)  # of what will run in any case, not of what -k or -m leave out
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    wanting = {name: [item for item in items if item.get_closest_marker(name)] for name in REAL}
    FOUND.update(containers.start([name for name, wanted in wanting.items() if wanted and not FOUND[name]]))
    for name, variable in REAL.items():
        if not FOUND[name]:
            _skipped[variable] += len(wanting[name])
            for item in wanting[name]:
                item.add_marker(pytest.mark.skip(reason=f"{variable} is not set"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if left_out := +_skipped:
        said = ", ".join(f"{count} tests that need {variable}" for variable, count in left_out.items())
        terminalreporter.write_line(f"Not run: {said}.", yellow=True, bold=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    wanted = os.environ.get("IM_REQUIRE", "").split(",")
    if any(_skipped[variable] for name, variable in REAL.items() if name in wanted):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


_start()
