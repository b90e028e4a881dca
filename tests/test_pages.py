"""Every line of the pages that promise something names a test that is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(test_\w+)`")


def there() -> set[str]:
    code = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return set(re.findall(r"def (test_\w+)", code))


@pytest.mark.parametrize(("page", "header", "least"), [("security", "| threat", 30), ("parity", "| there", 25)])
def test_every_line_has_its_test(page: str, header: str, least: int) -> None:
    lines = (ROOT / "docs" / f"{page}.md").read_text().splitlines()
    promises = [line for line in lines if line.startswith("|") and not line.startswith(("|---", header))]
    assert len(promises) >= least
    assert not [line for line in promises if not NAMED.findall(line)]
    assert not {name for line in promises for name in NAMED.findall(line)} - there()
