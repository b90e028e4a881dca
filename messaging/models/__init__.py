"""The log's tables. The SQL in messaging/sql makes them; these classes read them.

Only `log.py` writes rev, seq and marks; no foreign key points at the log or from it.
"""

from messaging.models.call import Call
from messaging.models.conversation import Conversation, Member, Profile
from messaging.models.entry import Entry, Revision, Segment, Sent
from messaging.models.epoch import Epoch
from messaging.models.marginalia import Hidden, Mention, Reaction, Saved, Star
from messaging.models.outbox import Backlog, Outbox

__all__ = [
    "Backlog",
    "Call",
    "Conversation",
    "Entry",
    "Epoch",
    "Hidden",
    "Member",
    "Mention",
    "Outbox",
    "Profile",
    "Reaction",
    "Revision",
    "Saved",
    "Segment",
    "Sent",
    "Star",
]
