"""Reads. Each is written once, as an `imserver.database.Query`, and serves sockets and REST alike."""

from messaging.queries.members import (
    Audience,
    Onlookers,
    Standing,
    audience,
    changed,
    groups_of,
    memberships,
    readers,
    standing,
    typing,
)
from messaging.queries.messages import history, later, message
from messaging.queries.pages import Page, between, pull
from messaging.queries.rows import BLANKED, COLUMNS, SELECT, fitting

__all__ = [
    "BLANKED",
    "COLUMNS",
    "SELECT",
    "Audience",
    "Onlookers",
    "Page",
    "Standing",
    "audience",
    "between",
    "changed",
    "fitting",
    "groups_of",
    "history",
    "later",
    "memberships",
    "message",
    "pull",
    "readers",
    "standing",
    "typing",
]
