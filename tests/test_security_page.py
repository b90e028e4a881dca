"""Every line of docs/security.md names a test that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(test_\w+)`")


def test_every_threat_has_its_test() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    threats = [line for line in page.splitlines() if line.startswith("|") and not line.startswith(("|---", "| threat"))]
    code = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"def (test_\w+)", code))
    assert len(threats) > 30
    assert not [line for line in threats if not NAMED.findall(line)]
    assert not {name for line in threats for name in NAMED.findall(line)} - there
