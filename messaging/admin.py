import re
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.messages import ERROR
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.adapters import reasons
from imserver.errors import DomainError
from messaging import actions
from messaging.models import Conversation

NUMBER: Final = re.compile(r" *[0-9]{1,18} *")


class WhichMessage(reasons.WithReason):
    message = forms.CharField(required=False, widget=UnfoldAdminTextInputWidget, label="Number of the message")
    field_order = ("action", "message", "reason")


@admin.register(Conversation)
class ConversationAdmin(ModelAdmin):
    """What was said is not to be read here. Staff find a conversation by its id, and recall a message of it."""

    action_form = WhichMessage
    actions = ("recall",)
    list_display = fields = ("id", "kind", "members", "messages", "last_at")
    readonly_fields = ("messages",)
    search_fields = ("id",)
    search_help_text = "The whole id"
    ordering = ("id",)
    show_full_result_count = False

    @admin.display(ordering="seq")
    def messages(self, conversation: Conversation) -> int:
        return conversation.seq

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Conversation | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Conversation | None = None) -> bool:
        """The right to recall; its columns are nobody's to write."""
        return obj is None and bool(super().has_change_permission(request, obj))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Conversation], search_term: str
    ) -> tuple[QuerySet[Conversation], bool]:
        try:
            return queryset.filter(pk=UUID(search_term.strip())), False
        except ValueError:
            return queryset.none(), False

    @admin.action(description="Recall a message for everyone", permissions=["change"])
    def recall(self, request: HttpRequest, queryset: QuerySet[Conversation]) -> None:
        if not (reason := reasons.given(self, request)):
            return
        for conversation in queryset:
            try:
                self._recall(request, conversation, reason)
            except DomainError as e:
                self.message_user(request, e.message, ERROR)

    def _recall(self, request: HttpRequest, conversation: Any, reason: str) -> None:
        seq = int(found[0]) if (found := NUMBER.fullmatch(request.POST.get("message", ""))) else 0
        with transaction.atomic():
            author = actions.recall_by_staff(conversation_id=conversation.pk, seq=seq)
            what = f"message {seq} by {author} recalled"
            self.log_change(request, conversation, reasons.audited(request, what, reason))
        self.message_user(request, f"Message {seq} is recalled.")
