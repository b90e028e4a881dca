"""Where the inbox is: MongoDB, or nowhere."""

from functools import cache

from django.conf import settings

from inbox.store.mongo import Mongo


@cache
def current() -> Mongo | None:
    """None: PostgreSQL answers every pull."""
    return Mongo(settings.MONGO_URL, settings.MONGO_DATABASE) if settings.MONGO_URL else None


def trouble() -> str:
    """In a sentence what is wrong with it; empty if nothing is."""
    store = current()
    return store.trouble() if store else ""
