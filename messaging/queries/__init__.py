"""Reads. Each is written once, as an `imserver.database.Query`, and serves sockets and REST alike."""

from messaging.queries.calls import Line, line, overdue, passes_on
from messaging.queries.marginalia import draft, drafts, pinned, reactors, readers_of, starred
from messaging.queries.members import (
    SEEN,
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
from messaging.queries.pages import Page, between, pull, stretches, veiled
from messaging.queries.rows import BLANKED, COLUMNS, SELECT, at, fitting, spans

__all__ = [
    "BLANKED",
    "COLUMNS",
    "SEEN",
    "SELECT",
    "Audience",
    "Line",
    "Onlookers",
    "Page",
    "Standing",
    "at",
    "audience",
    "between",
    "changed",
    "draft",
    "drafts",
    "fitting",
    "groups_of",
    "history",
    "later",
    "line",
    "memberships",
    "message",
    "overdue",
    "passes_on",
    "pinned",
    "pull",
    "reactors",
    "readers",
    "readers_of",
    "spans",
    "standing",
    "starred",
    "stretches",
    "typing",
    "veiled",
]
