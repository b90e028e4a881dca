"""<data_dir>/env: NAME=value lines with the addresses and secrets of this machine; defaults for settings.py."""

import secrets
from pathlib import Path


def read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line and line[0] != "#")
    return {name.strip(): value.strip() for name, _, value in pairs}


def with_secrets(values: dict[str, str]) -> dict[str, str]:
    made = {"SECRET_KEY": secrets.token_hex(32), "TOKEN_KEY": secrets.token_hex(32)}
    return made | {"DEMO_PASSWORD": secrets.token_urlsafe(9)} | values


def write(path: Path, values: dict[str, str]) -> None:
    """All or nothing: a full disk must not cost the passwords."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    draft.replace(path)
