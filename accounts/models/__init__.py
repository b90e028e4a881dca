from accounts.models.audit import NAME_LENGTH, Happened, LoginEvent
from accounts.models.device import LOGGED_OUT, REPLACED, Device, Revoked
from accounts.models.service import ApiKey
from accounts.models.user import User

__all__ = ["LOGGED_OUT", "NAME_LENGTH", "REPLACED", "ApiKey", "Device", "Happened", "LoginEvent", "Revoked", "User"]
