"""PostgreSQL from its wheel, on a loopback port, behind a password; data in <data_dir>/postgres."""

import contextlib
import os
from pathlib import Path
from signal import SIGINT, SIGQUIT
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from imserver.embedded import cluster, ports
from imserver.embedded.process import Child, Say, command_line, ended_on_failure, quiet, wait_for
from imserver.embedded.trouble import spelled

DATABASE = cluster.ROLE
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Said while the processes of a killed server are still going away.
_PASSING = ("already exists", "still in use", "Address already in use", "already in use")
_START_SECONDS = 60


def start(data_dir: Path, kept_url: str = "", *, durable: bool = True, say: Say = quiet) -> Child:
    """A server that answers at `.url`: at `kept_url` if that port is still free. Start it again after a death."""
    folder = data_dir / "postgres"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        account = cluster.account(folder)
        identity = cluster.identity(account, folder)
        _end_leftover(folder)
        if fresh := not folder.exists():
            cluster.initialise(folder, account, identity)
        known = urlsplit(kept_url)
        password = (not fresh and known.password) or cluster.new_password(folder, identity)
    except OSError as e:
        raise spelled(e, folder) from e
    port = ports.choose(known.port)
    wanted = _SETTINGS | {"port": str(port)} | ({} if durable else _NOT_DURABLE)
    child = Child(
        "postgres",
        [
            str(cluster.binaries() / "postgres"),
            "-D",
            str(folder),
            *(f"--{name}={value}" for name, value in wanted.items()),
        ],
        url=f"postgresql://{cluster.ROLE}:{password}@127.0.0.1:{port}/{DATABASE}",
        env=cluster.ENV,
        stop_signal=SIGINT,
        orphan_signal=SIGINT,
        grace=20,
        identity=identity,
    )
    _until_it_answers(child, folder)
    child.say = say
    return child


def answers(url: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=3):
        return True
    return False


def _end_leftover(folder: Path) -> None:
    """End the server that a killed parent left behind; forget a pid that has passed on to another program."""
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return
    first = pid_file.read_text().partition("\n")[0]
    pid = int(first) if first.isdigit() else 0
    running = command_line(pid) if pid else "(an empty file, left by a full disk)"
    if str(folder) in running:
        for signal in (SIGINT, SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal)
            if wait_for(lambda: not command_line(pid), 15):
                return
    elif running:
        pid_file.unlink()


def _until_it_answers(child: Child, folder: Path) -> None:
    maintenance = child.url.removesuffix(DATABASE) + "postgres"

    def ready() -> bool:
        if not child.running:
            child.wait()
            if child.pid and not any(text in line for line in child.last for text in _PASSING):
                raise cluster.reason(child.last, folder)
            child.start()
        return answers(maintenance)

    with ended_on_failure(child):
        if not wait_for(ready, _START_SECONDS):
            raise cluster.reason(child.last, folder)
        with psycopg.connect(maintenance, autocommit=True) as link:
            if not link.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
