from accounts.models.device import LOGGED_OUT, REPLACED, Device, Revoked
from accounts.models.service import ApiKey
from accounts.models.user import User

__all__ = ["LOGGED_OUT", "REPLACED", "ApiKey", "Device", "Revoked", "User"]
