"""pytest plug-in (`-p tests.servers`): real PostgreSQL and Redis for one run, before Django reads its settings.

DATABASE_URL and REDIS_URL name existing servers instead. Every run has a folder of its own below DATA_DIR.
"""

import atexit
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imserver.embedded import postgres, valkey
from imserver.embedded.process import Child

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
        "DJANGO_SETTINGS_MODULE": "imserver.settings",
    }
    for name, server in (("DATABASE_URL", postgres), ("REDIS_URL", valkey)):
        if name not in os.environ:
            child: Child = server.start(folder, durable=False)
            atexit.register(child.kill)
            os.environ[name] = child.url


_start()
