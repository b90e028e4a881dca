from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, transaction

from accounts import rules
from accounts.actions.coming import taken
from accounts.actions.devices import end_other_devices
from accounts.actions.telling import tell
from accounts.models import Device, User
from imserver.realtime import push


def update_profile(*, user_id: UUID, changes: Mapping[str, str]) -> User:
    """What a person says of himself: display_name, bio, language, time_zone, phone; those that are named."""
    checked = {name: rules.PROFILE[name](value) for name, value in changes.items()}
    try:
        return _update(user_id, checked, "profile.updated")
    except IntegrityError as e:
        raise taken(e) from e


@transaction.atomic
def update_privacy(*, user_id: UUID, changes: Mapping[str, str | bool]) -> User:
    """What others may ask and see, as `GET /v1/me/privacy` has it."""
    transaction.on_commit(lambda: push.seen_anew([user_id]), robust=True)
    return _update(user_id, changes, "settings.updated")


@transaction.atomic
def _update(user_id: UUID, checked: Mapping[str, str | bool | None], kind: str) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    changed = {name: value for name, value in checked.items() if getattr(user, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(user, name, value)
        user.save(update_fields=[*changed])
        tell(user_id, kind, [changed])
    return user


@transaction.atomic
def set_password(*, user: User, password: str, session_key: str, now: datetime) -> None:
    """A new password ends every log-in but the one in which it was set; so none where it was reset."""
    user.set_password(password)
    user.save(update_fields=["password"])
    kept = Device.objects.filter(user=user, session_key=session_key).first()
    if kept:
        session = SessionStore(session_key)
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()  # else Django takes it for a stolen one
        session.save()
    end_other_devices(user_id=user.pk, keep=kept.pk if kept else None, now=now)
