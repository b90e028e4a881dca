import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_stands_in_the_operations_page() -> None:
    read = r'(?:env\.\w+|required|secret)\(\s*"([A-Z_]+)"'
    sources = [(ROOT / "imserver" / name).read_text() for name in ("settings.py", "people.py")]
    names = set(re.findall(read, "".join(sources)))
    assert {"SECRET_KEY", "DATABASE_URL", "LIMIT_TEXT"} <= names
    page = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in names if f"`{name}`" not in page} == set()
