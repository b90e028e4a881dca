"""The JavaScript client's own tests, by node's test runner. Playwright brings a node along."""

import subprocess
from pathlib import Path

import playwright

NODE = Path(playwright.__file__).parent / "driver" / "node"
HERE = Path(__file__).parent


def test_the_javascript_client_keeps_its_rules() -> None:
    files = sorted(map(str, HERE.glob("*.test.mjs")))
    assert files
    done = subprocess.run([NODE, "--test", *files], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout
