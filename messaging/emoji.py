"""What one emoji is: a sequence that Unicode recommends for general interchange (RGI, UTS #51), by the package `emoji`.

Variation selectors make no other emoji of it; it is stored as Unicode writes it in full.
"""

from functools import cache

from emoji import EMOJI_DATA, STATUS

from messaging.errors import BadReaction

_SELECTOR = "\ufe0f"
_LONGEST = 64


@cache
def _known() -> dict[str, str]:
    full = STATUS["fully_qualified"]
    return {text.replace(_SELECTOR, ""): text for text, data in EMOJI_DATA.items() if data["status"] == full}


def one(text: str) -> str:
    """Raises BadReaction."""
    found = _known().get(text.replace(_SELECTOR, "")) if len(text) <= _LONGEST else None
    if found is None:
        raise BadReaction
    return found
