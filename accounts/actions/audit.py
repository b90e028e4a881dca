"""Who came in, who was refused and who went: written by what does it, in its transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import NAME_LENGTH, Device, Happened, LoginEvent, User
from imserver.errors import RateLimited


@dataclass(frozen=True)
class Origin:
    """Where a log-in comes from, as the client says."""

    name: str = ""
    platform: str = ""
    app_version: str = ""
    address: str | None = None


def note(happened: Happened, *, user_id: UUID, origin: Origin, means: str = "") -> None:
    LoginEvent.objects.create(
        happened=happened, user_id=user_id, means=means, address=origin.address, device=origin.name
    )


def note_ended(happened: Happened, devices: Iterable[Device], *, address: str | None = None) -> None:
    """Their log-ins are over: at the address that was theirs, if no other is known."""
    LoginEvent.objects.bulk_create(
        LoginEvent(happened=happened, user_id=one.user_id, address=address or one.address, device=one.name)
        for one in devices
    )


def note_refused(*, code: str, origin: Origin, means: str = "", user_id: UUID | None = None, name: str = "") -> None:
    """Somebody did not come in. A name that was tried is kept where nobody is called so.

    Of those who come too often, one a minute is noted.
    """
    if code == RateLimited.code and not cache.add(f"refused:{user_id}:{origin.address}", "y", 60):
        return
    tried = "".join(filter(str.isprintable, name))
    user_id = user_id or _called(tried)
    LoginEvent.objects.create(
        happened=Happened.REFUSED,
        user_id=user_id,
        name="" if user_id else tried[:NAME_LENGTH],
        means=means,
        code=code,
        address=origin.address,
        device=origin.name,
    )


def _called(name: str) -> UUID | None:
    plain = name.lower()
    return User.objects.filter(Q(username=plain) | Q(email=plain)).values_list("pk", flat=True).first()


@transaction.atomic
def forget_events(*, days: int, now: datetime) -> int:
    """Delete what is older. Returns how many lines."""
    with connection.cursor() as cursor:
        cursor.execute("set local login_event.forget = 'on'")
    return LoginEvent.objects.filter(at__lt=now - timedelta(days=days)).delete()[0]
