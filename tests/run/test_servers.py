"""Where a test run finds Kafka and MongoDB, and what it says and does about those that it does not find."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes import ROOT

TESTS = """
import pytest
from tests import servers

@pytest.mark.kafka
def test_one(): print("Kafka is at", servers.FOUND["kafka"])

@pytest.mark.kafka
@pytest.mark.mongo
def test_both(): print("MongoDB is at", servers.FOUND["mongo"])

def test_neither(): pass
"""
DOCKER = """#!/bin/sh
echo "$@" >> {log}
case "$*" in *" up "*) test -n "$POSTGRES_PASSWORD" && test -n "$KAFKA_PORT" ;; esac
"""


class Run:
    """pytest on three tests, which need Kafka, both, nothing."""

    def __init__(self, folder: Path):
        self.folder, self.log = folder, folder / "docker.log"
        (folder / "test_three.py").write_text(TESTS)
        (folder / "bin").mkdir()

    def docker(self, script: str) -> None:
        path = self.folder / "bin" / "docker"
        path.write_text(script.format(log=self.log))
        path.chmod(0o755)

    def __call__(self, *arguments: str, **environment: str) -> tuple[int, str]:
        servers = {"DATABASE_URL": settings.DATABASE_URL, "REDIS_URL": settings.REDIS_URL}
        path = {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "DATA_DIR": str(self.folder / "data")}
        nothing = {"KAFKA_BOOTSTRAP": "", "MONGO_URL": "", "IM_REQUIRE": ""}
        options = ["-rA", "-p", "no:cacheprovider", "-c", "pyproject.toml", *arguments]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, str(self.folder / "test_three.py")],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            env={**os.environ, **servers, **path, **nothing, **environment},
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def run(tmp_path: Path) -> Run:
    found = Run(tmp_path)
    found.docker("#!/bin/sh\nexit 1\n")
    return found


def test_what_is_not_there_is_left_out_aloud(run: Run) -> None:
    code, said = run()
    assert code == 0
    assert "Not run: 2 tests that need KAFKA_BOOTSTRAP, 1 tests that need MONGO_URL." in said
    assert "PASSED" in said


def test_an_address_in_the_environment_is_used(run: Run) -> None:
    code, said = run(KAFKA_BOOTSTRAP="127.0.0.1:1", MONGO_URL="mongodb://127.0.0.1:2/")
    assert code == 0
    assert "Kafka is at 127.0.0.1:1" in said
    assert "MongoDB is at mongodb://127.0.0.1:2/" in said
    assert "Not run" not in said


@pytest.mark.parametrize(("required", "code"), [("kafka,mongo", 1), ("mongo", 1), ("kafka", 0), ("", 0)])
def test_leaving_out_what_is_required_is_a_failure(run: Run, required: str, code: int) -> None:
    assert run(KAFKA_BOOTSTRAP="127.0.0.1:1", IM_REQUIRE=required)[0] == code


def test_what_was_not_asked_for_is_not_left_out(run: Run) -> None:
    code, said = run("-k", "neither", IM_REQUIRE="kafka,mongo")
    assert (code, "Not run" in said) == (0, False)


def test_docker_compose_starts_what_is_missing_and_takes_it_down(run: Run) -> None:
    run.docker(DOCKER)
    code, said = run(KAFKA_BOOTSTRAP="127.0.0.1:1", IM_REQUIRE="kafka,mongo")
    assert code == 0, said
    assert "Kafka is at 127.0.0.1:1" in said
    assert "MongoDB is at mongodb://im:" in said
    version, info, up, down = run.log.read_text().splitlines()
    assert (version, info) == ("compose version", "info")
    assert up.endswith("up --detach --wait mongo")
    assert down.endswith("down --volumes")
    assert up.split()[:3] == down.split()[:3]  # one project, of this run alone
    assert up.split()[2].startswith("imtest-")


def test_docker_is_not_asked_for_what_nobody_needs(run: Run) -> None:
    run.docker(DOCKER)
    assert run("-k", "neither")[0] == 0
    assert not run.log.exists()
