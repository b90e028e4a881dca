"""Reads. Each is written once, as an `imserver.database.Query`, and serves sockets and REST alike."""

from messaging.queries.members import Audience, audience, changed, groups_of, memberships
from messaging.queries.messages import history, later, message
from messaging.queries.pages import Page, between, pull
from messaging.queries.rows import SELECT

__all__ = [
    "SELECT",
    "Audience",
    "Page",
    "audience",
    "between",
    "changed",
    "groups_of",
    "history",
    "later",
    "memberships",
    "message",
    "pull",
]
