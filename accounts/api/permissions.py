from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.errors import KeyInvalid, ScopeMissing
from accounts.models import ApiKey


class Scope(BasePermission):
    """Only by an API key that has the scope of the view."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiKey):
            raise KeyInvalid
        if view.scope not in request.auth.scopes:
            raise ScopeMissing
        return True
