"""The self log of a person, which apps above keep: what is said there reaches all of his devices, and stays."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string


def tell(user_id: UUID, kind: str, contents: Iterable[Mapping[str, object]]) -> None:
    """Part of the caller's transaction, and the last thing in it: it locks the log."""
    import_string(settings.SELF_LOG)(user_id=user_id, kind=kind, contents=list(contents))
