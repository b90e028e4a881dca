"""A minute of kills over real processes, with Kafka and MongoDB where they are there. `make faults` does it longer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.faults import history

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


@pytest.mark.faults
@pytest.mark.timeout(SECONDS + 540)
def test_whoever_is_killed_no_acknowledged_message_is_lost_doubled_or_swapped(tmp_path: Path) -> None:
    told = tmp_path / "history.json"
    command = [sys.executable, "-m", "tests.faults", "--seconds", str(SECONDS), "--rate", "60", "--history", str(told)]
    real = {variable: servers.FOUND[name] for name, variable in servers.REAL.items()}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | real, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = done.stdout.splitlines()[-1]
    for none in ("lost 0", "doubled 0", "reordered 0", "missing 0", "unequal 0", "other 0", "deadlocks 0"):
        assert f"{none}," in figures
    assert history.main([str(told)]) == 0
