"""Why staff do what they do: asked for beside each action, and kept in the admin's log."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.adapters.origin import origin

LENGTH: Final = 1_000


def field(*, required: bool = True) -> forms.CharField:
    return forms.CharField(required=required, max_length=LENGTH, widget=UnfoldAdminTextInputWidget)


class WithReason(ActionForm):
    reason = field(required=False)  # the form is sent for every action, also for those that need none


def given(admin: ModelAdmin, request: HttpRequest) -> str:
    """The reason for an action, or nothing, once it is said that one is needed."""
    reason: str = request.POST.get("reason", "").strip()[:LENGTH]
    if not reason:
        admin.message_user(request, "Say the reason beside the action.", messages.ERROR)
    return reason


def audited(request: HttpRequest, what: str, reason: str) -> str:
    """Of the line in the admin's log, which says who and when by itself."""
    return f"{what}; reason: {reason}; from {origin(request).address}"
