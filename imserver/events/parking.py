"""What could not be done for good is put aside, so that everything behind it goes on; and is tried again on demand."""

import logging
from collections.abc import Iterable, Iterator

from django.db import InterfaceError, OperationalError
from django.db.models import Count
from django.utils import timezone

from imserver.api.metrics import Gauge
from imserver.events.event import Event, Unavailable, encode
from imserver.models import Parked

logger = logging.getLogger(__name__)
PAGE = 500


def park(subscription: str, event: Event, error: Exception) -> None:
    park_record(subscription, f"{event.conversation}/{event.rev}", encode(event), error)


def park_record(subscription: str, place: str, record: bytes, error: Exception) -> None:
    """Kept once, however often it comes. Raises Unavailable."""
    said = f"{type(error).__name__}: {error}"[:2000].encode(errors="backslashreplace").decode().replace("\0", "\\0")
    logger.error("%s cannot take %s, which is parked: %s", subscription or "The event log", place, said)
    known = {"record": record, "error": said, "parked_at": timezone.now()}
    try:
        Parked.objects.get_or_create(subscription=subscription, place=place, defaults=known)
    except (OperationalError, InterfaceError) as e:
        raise Unavailable(f"parking: {e}") from e


def parked(subscription: str = "") -> Iterator[Parked]:
    """The oldest first; of one subscription or of all. What is parked meanwhile is not among them."""
    rows = Parked.objects.order_by("id")
    if subscription:
        rows = rows.filter(subscription__in=["", subscription])
    last, before = rows.order_by("-id").values_list("id", flat=True).first() or 0, 0
    while page := list(rows.filter(id__gt=before, id__lte=last)[:PAGE]):
        before = page[-1].id
        yield from page


def forget(numbers: Iterable[int]) -> int:
    """What nobody will ever be able to take. Returns how many were there."""
    return Parked.objects.filter(id__in=list(numbers)).delete()[0]


def gauges() -> Iterator[Gauge]:
    counts = dict(Parked.objects.values_list("subscription").annotate(Count("id")))
    meaning = "Events that no try could do; `manage.py events parked` says why. Alert if it is not 0"
    yield Gauge("im_events_parked", meaning, {"": 0, **counts}, label="subscription")
