from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.adapters.devices import DeviceTokens
from imserver.errors import DomainError

View = Callable[..., HttpResponse]


def one_by_one(view: View) -> View:
    """Those who enter codes for one try come one after the other: else many at once would all count as the first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            Session.objects.select_for_update().filter(pk=DeviceTokens().get_session_token(request) or "").first()
            try:
                return view(request, *args, **kwargs)
            except DomainError as e:
                refusal = e  # what was noted of it stays
        raise refusal

    return guarded
