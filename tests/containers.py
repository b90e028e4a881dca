"""Kafka and MongoDB of docker-compose.yml for one test run, where Docker Compose works."""

import atexit
import os
import re
import secrets
import subprocess
from collections.abc import Sequence
from pathlib import Path

from imserver.embedded import ports

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "docker-compose.yml", ROOT / "tests" / "containers.yml"
WAIT_SECONDS = 300  # images may have to come first


def start(names: Sequence[str]) -> dict[str, str]:
    """The addresses of those that could be started; they are taken down, with their data, when the process ends."""
    if not names or not all(_docker(*question) for question in (["compose", "version"], ["info"])):
        return {}
    published = {"KAFKA_PORT": str(ports.choose()), "MONGO_PORT": str(ports.choose())}
    secret = secrets.token_hex(16)
    needed = re.findall(r"\$\{(\w+):\?", FILES[0].read_text())
    environment = {**os.environ, **dict.fromkeys(needed, secret), **published}
    files = [argument for path in FILES for argument in ("--file", str(path))]
    compose = ["compose", "--project-name", f"imtest-{secrets.token_hex(4)}", *files]
    atexit.register(_docker, *compose, "down", "--volumes", environment=environment)
    if not _docker(*compose, "up", "--detach", "--wait", *names, environment=environment):
        return {}
    found = {
        "kafka": f"127.0.0.1:{published['KAFKA_PORT']}",
        "mongo": f"mongodb://im:{secret}@127.0.0.1:{published['MONGO_PORT']}/?authSource=admin",
    }
    return {name: found[name] for name in names}


def _docker(*arguments: str, environment: dict[str, str] | None = None) -> bool:
    try:
        done = subprocess.run(
            ["docker", *arguments], check=False, capture_output=True, env=environment, timeout=WAIT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
