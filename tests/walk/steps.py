"""All that happens on walks: whoever imports this finds every step in the table."""

from tests.walk import in_conversations, in_groups, on_devices
from tests.walk.turn import STEPS, Turn, take

__all__ = ["STEPS", "Turn", "in_conversations", "in_groups", "on_devices", "take"]
