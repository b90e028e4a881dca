"""Coming in and going out."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from accounts import rules, tokens
from accounts.actions.audit import Origin, note, note_ended
from accounts.actions.devices import end_devices
from accounts.actions.telling import tell
from accounts.errors import EmailTaken, ExternalIdTaken, PhoneTaken, TokenReused, UsernameTaken
from accounts.models import REPLACED, Device, Happened, User


@dataclass(frozen=True)
class Pair:
    access_token: str
    refresh_token: str


def sign_up(*, username: str, email: str, password: str | None, display_name: str = "") -> User:
    """A new account. Of two that want one name at once the second is told so."""
    try:
        with transaction.atomic():
            return User.objects.create_user(username, email, password, display_name=display_name)
    except IntegrityError as e:
        raise taken(e) from e


def taken(error: IntegrityError) -> Exception:
    """Which name it was that somebody has; else the error itself."""
    for refusal in (UsernameTaken, EmailTaken, PhoneTaken, ExternalIdTaken):
        if refusal.code in str(error):
            return refusal()
    return error


@transaction.atomic
def log_in(*, user: User, session_key: str, origin: Origin, now: datetime, means: str = "") -> Pair:
    """The tokens of a session's device. Asked again for the same session, the device stays the same."""
    seen = {**asdict(origin), "last_seen_at": now}
    device, is_new = Device.objects.update_or_create(session_key=session_key, user=user, defaults=seen)
    if is_new:
        if settings.ONE_DEVICE_PER_PLATFORM and origin.platform:
            _replace_others(device, now)
        note(Happened.LOGGED_IN, user_id=user.pk, origin=origin, means=means)
        tell(user.pk, "session.opened", [{"session": str(device.pk), **asdict(origin)}])
    return _pair(device, now)


def _replace_others(device: Device, now: datetime) -> None:
    User.objects.select_for_update(no_key=True).get(
        pk=device.user_id
    )  # of two log-ins at once the second sees the first
    others = Device.objects.filter(user=device.user_id, platform=device.platform).exclude(pk=device.pk)
    end_devices(devices=list(others), now=now, code=REPLACED)


def refresh(*, token: str, now: datetime, address: str | None = None) -> Pair:
    """New tokens for a refresh token, which is then used up.

    The last one is taken again for a minute, since two tabs refresh at once; after that its use means that somebody
    has a copy, and the device is ended.
    """
    device = _turn(tokens.ticket(token), now, address)
    if device is None:
        raise TokenReused
    return _pair(device, now)


@transaction.atomic
def _turn(ticket: tokens.Ticket, now: datetime, address: str | None) -> Device | None:
    device = Device.objects.select_for_update(of=("self",)).of(ticket.user_id, ticket.device_id)
    behind = device.turn - ticket.turn
    if rules.is_replay(behind=behind, turned_at=device.turned_at, now=now):
        note_ended(Happened.TOKEN_REUSED, [device], address=address)
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
