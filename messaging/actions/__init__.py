"""What people do in conversations. One action is one transaction: lock, read, check, change, record.

Every action locks all conversations it touches, self logs included, once, in id order, before anything else, and reads
members in a later statement, so that whatever committed first wins.
"""

from messaging.actions.conversations import open_direct, open_group
from messaging.actions.members import add_members, deny, mark, remove_members
from messaging.actions.messages import edit, recall, send
from messaging.actions.people import tell

__all__ = [
    "add_members",
    "deny",
    "edit",
    "mark",
    "open_direct",
    "open_group",
    "recall",
    "remove_members",
    "send",
    "tell",
]
