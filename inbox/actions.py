"""What goes into the inbox."""

from datetime import datetime

from imserver.events.event import Events
from inbox import documents
from inbox.documents import KEPT, Document
from inbox.store.mongo import Mongo


def deliver(store: Mongo, events: Events, *, now: datetime) -> None:
    """Keep these entries. Safe to repeat and to mix: an entry is named by (epoch, conversation, rev), and only its
    newest version stays.

    The order of the steps is what makes the inbox trustworthy: a change has a document of its own only once its target
    is up to date, or gone if it is too old, and counts as applied only once both are there. Raises Unavailable.
    """

    def is_recent(one: Document) -> bool:
        return one.at > now - KEPT

    targets = documents.newest(one for event in events if (one := documents.target(event)) is not None)
    store.forget(one for one in targets if not is_recent(one))
    store.write(one for one in targets if is_recent(one))
    store.write(filter(is_recent, documents.newest(map(documents.entry, events))))
    store.advance(documents.spans(events))
