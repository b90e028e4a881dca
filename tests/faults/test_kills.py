"""A minute of kills over real processes. `make faults` does the same for longer."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


@pytest.mark.faults
@pytest.mark.timeout(SECONDS + 420)
def test_whoever_is_killed_no_acknowledged_message_is_lost_doubled_or_swapped() -> None:
    command = [sys.executable, "-m", "tests.faults", "--seconds", str(SECONDS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = done.stdout.splitlines()[-1]
    for none in ("lost 0", "doubled 0", "reordered 0", "missing 0", "unequal 0", "other 0", "deadlocks 0"):
        assert f"{none}," in figures
