"""The environment, read once and loudly. NAME_FILE names a file that holds the value of NAME."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def load(path: Path) -> None:
    """Take NAME=value lines from a file as defaults for what the environment does not say."""
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def text(name: str, default: str = "") -> str:
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as e:
            raise ImproperlyConfigured(f"{name}_FILE: {file} cannot be read ({e.strerror}).") from e
    return os.environ.get(name, default)


def boolean(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value}: say yes or no.")
    return value in TRUE


def integer(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as e:
        raise ImproperlyConfigured(f"{name}={value}: a whole number is needed.") from e


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def pairs(name: str) -> dict[str, str]:
    """name=value,name=value"""
    found = {}
    for word in words(name):
        key, equals, value = word.partition("=")
        if not equals:
            raise ImproperlyConfigured(f"{name}: {key} has no value; write name=value,name=value.")
        found[key.strip()] = value.strip()
    return found
