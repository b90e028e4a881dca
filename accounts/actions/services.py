"""What a host app's own server does: it brings its people along, and logs them in."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction

from accounts import keys, rules
from accounts.actions.audit import Origin
from accounts.actions.coming import Pair, log_in, taken
from accounts.actions.devices import end_other_devices
from accounts.actions.telling import tell
from accounts.errors import AccountInactive, TooManyKeys
from accounts.models import ApiKey, User
from imserver.errors import BadRequest

LIVE_KEYS: Final = 2  # the new one beside the old one, while programs change over
_FIELDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **rules.PROFILE,
    "username": rules.username,
    "email": rules.email,
    "is_active": bool,
}


def put_user(*, external_id: str, changes: Mapping[str, Any], now: datetime) -> tuple[User, bool]:
    """Create or change the person that the host app calls so. Returns the person, and whether he is new."""
    external_id = rules.external_id(external_id)
    checked = {name: _FIELDS[name](value) for name, value in changes.items()}
    with suppress(IntegrityError):
        return _put(external_id, checked, now)
    try:
        return _put(external_id, checked, now)  # perhaps somebody made him meanwhile
    except IntegrityError as e:
        raise taken(e) from e


@transaction.atomic
def _put(external_id: str, checked: Mapping[str, Any], now: datetime) -> tuple[User, bool]:
    user = User.objects.select_for_update().filter(external_id=external_id).first()
    if user is None:
        return _create(external_id, {**checked}), True
    _change(user, checked, now)
    return user, False


def _create(external_id: str, checked: dict[str, Any]) -> User:
    username = checked.pop("username", None) or rules.username_for(external_id)
    email, active = checked.pop("email", None), checked.pop("is_active", True)
    return User.objects.create_user(username, email, None, external_id=external_id, is_active=active, **checked)


def _change(user: User, checked: Mapping[str, Any], now: datetime) -> None:
    changed = {name: value for name, value in checked.items() if getattr(user, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(user, name, value)
    user.save(update_fields=[*changed])
    if not user.is_active:
        end_other_devices(user_id=user.pk, keep=None, now=now)
    if shown := {name: value for name, value in changed.items() if name != "is_active"}:
        tell(user.pk, "profile.updated", [shown])


@transaction.atomic
def mint(*, user: User, origin: Origin, now: datetime) -> Pair:
    """Log a person in on the host app's word: a device like any other, with its tokens."""
    if not user.is_active:
        raise AccountInactive
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return log_in(user=user, session_key=session.session_key or "", origin=origin, now=now, means="host")


@transaction.atomic
def issue_key(*, user: User, scopes: Iterable[str], expires_at: datetime | None, now: datetime) -> tuple[ApiKey, str]:
    """A key for a service account, and what it spells: that is never said again."""
    User.objects.select_for_update().get(pk=user.pk)
    if unknown := {*scopes} - {*keys.SCOPES}:
        raise BadRequest(f"There is no scope {', '.join(sorted(unknown))}; there are {', '.join(keys.SCOPES)}.")
    if user.keys.live(now).count() >= LIVE_KEYS:
        raise TooManyKeys
    key = keys.make()
    made = ApiKey.objects.create(
        user=user,
        prefix=key.prefix,
        hashed=key.hashed,
        scopes=sorted({*scopes}),
        created_at=now,
        expires_at=expires_at,
    )
    return made, str(key)


def revoke_key(*, prefix: str, now: datetime) -> bool:
    """Returns whether there was one to revoke."""
    return bool(ApiKey.objects.live(now).filter(prefix=prefix).update(revoked_at=now))
