"""Reads. Each is written once, as an `imserver.database.Query`, and serves sockets and REST alike."""

from messaging.queries.calls import Line, line, overdue, passes_on
from messaging.queries.heard import between, stretches
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
    standings,
    typing,
)
from messaging.queries.messages import history, later, message
from messaging.queries.pulling import Page, Wanted, only, pull, pulls
from messaging.queries.rows import BLANKED, COLUMNS, SELECT, at, fitting, listed, spans
from messaging.queries.veils import Told, veiled

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
    "Told",
    "Wanted",
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
    "listed",
    "memberships",
    "message",
    "only",
    "overdue",
    "passes_on",
    "pinned",
    "pull",
    "pulls",
    "reactors",
    "readers",
    "readers_of",
    "spans",
    "standing",
    "standings",
    "starred",
    "stretches",
    "typing",
    "veiled",
]
