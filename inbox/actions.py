"""What goes into the inbox."""

from collections.abc import Iterable
from datetime import datetime

from imserver.events.event import Events
from inbox import documents
from inbox.documents import KEPT, Document
from inbox.store.mongo import Mongo


def deliver(store: Mongo, events: Events, *, now: datetime) -> None:
    """Keep these entries. Safe to repeat and to mix: an entry is named by (epoch, conversation, rev), and only its
    newest version stays.

    The order of the three steps is what makes the inbox trustworthy: a change has a document of its own only once its
    target is up to date, and counts as applied only once both are there. Raises Unavailable.
    """

    def recent(found: Iterable[Document | None]) -> list[Document]:
        return documents.newest(one for one in found if one is not None and one.at > now - KEPT)

    store.write(recent(documents.target(event) for event in events))
    store.write(recent(documents.entry(event) for event in events))
    store.advance(documents.spans(events))
