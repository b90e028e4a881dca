"""Real server processes on the test database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def database_url(port: int | None = None) -> str:
    """The test database, at another port where a proxy stands before it."""
    database = settings.DATABASES["default"]
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    found = {names[name]: database[name] for name in names if database[name]}
    return make_conninfo(**found | ({"port": port} if port else {}))


def database_address() -> tuple[str, int]:
    database = settings.DATABASES["default"]
    return database["HOST"], int(database["PORT"])


def server_environment(**more: str) -> dict[str, str]:
    """The environment of a server process that works on the test database."""
    limits = {"LIMIT_COMMANDS_PER_SECOND": "0", "DRAIN_SECONDS": "1", "LOG_LEVEL": "WARNING", "DATABASE_POOL": "4"}
    quiet = {"PYTHONWARNINGS": "ignore", "PYTHONFAULTHANDLER": "1"}
    return {**os.environ, "DATABASE_URL": database_url(), **limits, **quiet, **more}


def is_ready(http: str) -> bool:
    """Whether it comes to be so, in half a minute."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{http}/readyz", timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False


class Gateway:
    """A real server process."""

    command: tuple[str, ...] = ("manage.py", "serve", "--port")

    def __init__(self, **environment: str):
        self.port = free_port()
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self._log = Path(settings.DATA_DIR) / f"gateway-{self.port}.log"
        self._read = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/ws"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def launch(self) -> "Gateway":
        command = [sys.executable, *self.command, str(self.port)]
        environment = server_environment(**self.environment)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        return self

    def start(self) -> "Gateway":
        return self.launch().wait()

    def wait(self) -> "Gateway":
        """Until a person can log in."""
        if not is_ready(self.http):
            raise RuntimeError(f"the server did not start: {self.news()}")
        return self

    def news(self) -> str:
        """What it has logged since this was last asked."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            said = log.read()
        self._read += len(said)
        return said.decode(errors="replace")

    def resident_bytes(self) -> int:
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> int:
        """Its exit code."""
        if not self.process:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired as e:
            self.process.send_signal(signal.SIGABRT)  # and it says where it stands
            self.process.wait(20)
            raise RuntimeError(f"the server did not stop: {self.news()}") from e
        finally:
            self.process.kill()
            self.process.wait()
            self.process = None
