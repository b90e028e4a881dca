from accounts.models.device import Device, Revoked
from accounts.models.service import ApiKey
from accounts.models.user import User

__all__ = ["ApiKey", "Device", "Revoked", "User"]
