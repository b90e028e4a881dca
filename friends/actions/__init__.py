"""What two people are to each other. Each action holds the pair first: of two that meet, one comes second and sees it.

What changes reaches both self logs, and the conversation of the two as a verdict on who may write.
"""

from friends.actions.blocks import block, unblock
from friends.actions.friendships import apply, remove, remove_tag, rename_tag, update
from friends.actions.requests import accept, cancel, decline, request

__all__ = [
    "accept",
    "apply",
    "block",
    "cancel",
    "decline",
    "remove",
    "remove_tag",
    "rename_tag",
    "request",
    "unblock",
    "update",
]
