"""What people do with their accounts. Each action is one transaction, and tells the person's other devices."""

from accounts.actions.audit import Origin, forget_events, note, note_refused
from accounts.actions.coming import Pair, log_in, refresh, sign_up
from accounts.actions.devices import end_devices, end_other_devices, end_session, rename_device
from accounts.actions.factors import spend_step, tell_factors
from accounts.actions.profile import set_password, update_privacy, update_profile
from accounts.actions.services import issue_key, mint, put_user, revoke_key

__all__ = [
    "Origin",
    "Pair",
    "end_devices",
    "end_other_devices",
    "end_session",
    "forget_events",
    "issue_key",
    "log_in",
    "mint",
    "note",
    "note_refused",
    "put_user",
    "refresh",
    "rename_device",
    "revoke_key",
    "set_password",
    "sign_up",
    "spend_step",
    "tell_factors",
    "update_privacy",
    "update_profile",
]
