"""Coming in and going out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from accounts import rules, tokens
from accounts.errors import EmailTaken, TokenReused, UsernameTaken
from accounts.models import Device, Revoked, User
from imserver.realtime import push

# Longer than any access token lives: nobody asks for older ones.
_REMEMBER_REVOKED: Final = timedelta(days=1)


@dataclass(frozen=True)
class Origin:
    """Where a log-in comes from, as the client says."""

    name: str = ""
    platform: str = ""
    app_version: str = ""
    address: str | None = None


@dataclass(frozen=True)
class Pair:
    access_token: str
    refresh_token: str


def sign_up(*, username: str, email: str, password: str, display_name: str = "") -> User:
    """A new account. Of two that want one name at once the second is told so."""
    try:
        with transaction.atomic():
            return User.objects.create_user(username, email, password, display_name=display_name)
    except IntegrityError as e:
        for taken in (UsernameTaken, EmailTaken):
            if taken.code in str(e):
                raise taken from e
        raise


def log_in(*, user: User, session_key: str, origin: Origin, now: datetime) -> Pair:
    """The tokens of a session's device. Asked again for the same session, the device stays the same."""
    seen = {**asdict(origin), "last_seen_at": now}
    device, _ = Device.objects.update_or_create(session_key=session_key, user=user, defaults=seen)
    return _pair(device, now)


def refresh(*, token: str, now: datetime) -> Pair:
    """New tokens for a refresh token, which is then used up.

    The last one is taken again for a minute, since two tabs refresh at once; after that its use means that somebody
    has a copy, and the device is ended.
    """
    device = _turn(tokens.ticket(token), now)
    if device is None:
        raise TokenReused
    return _pair(device, now)


@transaction.atomic
def end_devices(*, devices: Sequence[Device], now: datetime) -> None:
    """Log devices out everywhere: REST and refresh at once, sockets within a second. Safe to repeat."""
    Session.objects.filter(pk__in=[device.session_key for device in devices]).delete()
    Device.objects.filter(pk__in=[device.pk for device in devices]).delete()
    Revoked.objects.filter(at__lt=now - _REMEMBER_REVOKED).delete()
    Revoked.objects.bulk_create([Revoked(session_id=device.pk) for device in devices], ignore_conflicts=True)
    for user_id in {device.user_id for device in devices}:
        ended = [device.pk for device in devices if device.user_id == user_id]
        _tell(user_id, ended)


def _tell(user_id: UUID, ended: list[UUID]) -> None:
    transaction.on_commit(lambda: push.revoked(user_id, ended), robust=True)


def end_session(*, session_key: str, now: datetime) -> None:
    """Log out the device of a Django session, if it has one."""
    end_devices(devices=list(Device.objects.filter(session_key=session_key)), now=now)


@transaction.atomic
def _turn(ticket: tokens.Ticket, now: datetime) -> Device | None:
    device = Device.objects.select_for_update(of=("self",)).of(ticket.user_id, ticket.device_id)
    behind = device.turn - ticket.turn
    if rules.is_replay(behind=behind, turned_at=device.turned_at, now=now):
        end_devices(devices=[device], now=now)
        return None
    if behind <= 0:  # below zero after the database was restored from a backup: our signature proves the later turn
        device.turn, device.turned_at = ticket.turn + 1, now
    device.last_seen_at = now
    device.save(update_fields=["turn", "turned_at", "last_seen_at"])
    Session.objects.filter(pk=device.session_key).update(expire_date=now + settings.REFRESH_TOKEN_TTL)
    return device


def _pair(device: Device, now: datetime) -> Pair:
    return Pair(
        tokens.mint(device.user_id, device.pk, now=now),
        tokens.mint_refresh(device.user_id, device.pk, device.turn, now=now),
    )
