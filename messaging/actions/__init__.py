"""What people do in conversations. One action is one transaction: lock, read, check, change, record.

Every action locks all conversations it touches, self logs included, once, in id order, before anything else, and reads
members in a later statement, so that whatever committed first wins.
"""

from messaging.actions.calls import Party, accept, end, lapse, ring
from messaging.actions.conversations import open_direct, open_group
from messaging.actions.forwarding import Source, forward
from messaging.actions.marginalia import pin, react, unreact
from messaging.actions.members import add_members, deny, mark, remove_members
from messaging.actions.messages import Edited, edit, recall, recall_by_staff, send
from messaging.actions.own import clear, hide, save_draft, settle, star, unstar
from messaging.actions.people import tell

__all__ = [
    "Edited",
    "Party",
    "Source",
    "accept",
    "add_members",
    "clear",
    "deny",
    "edit",
    "end",
    "forward",
    "hide",
    "lapse",
    "mark",
    "open_direct",
    "open_group",
    "pin",
    "react",
    "recall",
    "recall_by_staff",
    "remove_members",
    "ring",
    "save_draft",
    "send",
    "settle",
    "star",
    "tell",
    "unreact",
    "unstar",
]
