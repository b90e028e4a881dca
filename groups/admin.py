from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin

from accounts.adapters import reasons
from accounts.models import User
from groups import actions, queries, rules
from groups.models import Group
from imserver import database
from messaging.models import Conversation, Member, Profile
from messaging.rules import Role

SHOWN: Final = 100
_BREAK: Final = mark_safe("<br>")
_PROFILE: Final = Profile.objects.filter(pk=OuterRef("pk")).values("title")
_MEMBERS: Final = Conversation.objects.filter(pk=OuterRef("pk")).values("members")
_OWNER: Final = Member.objects.filter(conversation_id=OuterRef("pk"), role=Role.OWNER).values("user_id")[:1]


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own takes none while it runs
    limit = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=rules.CEILING,
        help_text="Members at most; empty: as many as the server's limit says.",
    )
    reason = reasons.field()

    class Meta:
        model = Group
        fields = ("limit",)


@admin.register(Group)
class GroupAdmin(ModelAdmin):
    """What a group is stands in its log: staff see it, give it a limit of its own, and dismiss it."""

    form = GroupForm
    action_form = reasons.WithReason
    actions = ("dismiss",)
    list_display = ("title", "members", "owner", "limit", "dismissed_at", "conversation_id")
    list_filter = (("dismissed_at", admin.EmptyFieldListFilter),)
    search_fields = ("conversation_id",)
    search_help_text = "The beginning of the title, or the whole id"
    ordering = ("-conversation_id",)
    show_full_result_count = False
    readonly_fields = (
        *("conversation_id", "title", "members", "owner", "description", "dismissed_at"),
        *("people", "bans", "links"),
    )
    fields = (*readonly_fields[:6], "limit", "reason", *readonly_fields[6:])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        owner = User.objects.filter(pk=OuterRef("owner_id")).values("username")
        found: QuerySet[Group] = super().get_queryset(request)
        found = found.annotate(named=Subquery(_PROFILE), count=Subquery(_MEMBERS), owner_id=Subquery(_OWNER))
        return found.annotate(owned_by=Subquery(owner))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Group], search_term: str
    ) -> tuple[QuerySet[Group], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        try:
            return queryset.filter(pk=UUID(text)), False
        except ValueError:
            titled = Profile.objects.filter(title__istartswith=text).values("pk")
            return queryset.filter(pk__in=titled), False

    @admin.display(ordering=Lower("named"))
    def title(self, group: Any) -> str:
        return str(group.named or "")

    @admin.display(ordering="count")
    def members(self, group: Any) -> int:
        return int(group.count or 0)

    @admin.display(ordering=F("owned_by"))
    def owner(self, group: Any) -> str:
        return group.owned_by or "-"

    @admin.display(description=f"Admins, and the first {SHOWN} members")
    def people(self, group: Group) -> SafeString:
        admins = {seat.user_id: seat for seat in database.run(queries.seats(group.pk, queries.admins(group.pk)))}
        first = database.run(queries.members(group.pk, after=UUID(int=0), text="", limit=SHOWN))
        seats = {**admins, **{seat.user_id: seat for seat in first}}
        return _lines(
            (seat.username, seat.display_name, Role(seat.role).label, _until(seat.muted_until, "muted until"))
            for seat in sorted(seats.values(), key=lambda seat: (-seat.role, seat.username))
        )

    def bans(self, group: Group) -> SafeString:
        found = queries.bans(group.pk, timezone.now())
        return _lines((ban.person.username, _until(ban.until, "until"), f"by {ban.by}", ban.reason) for ban in found)

    def links(self, group: Group) -> SafeString:
        """Not whole: who has the token comes in."""
        found = queries.links(group.pk, timezone.now()).select_related("by")
        return _lines((f"{link.token[:6]}...", f"by {link.by}", f"used {link.uses} times") for link in found)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        actions.set_limit(group_id=obj.pk, limit=form.cleaned_data["limit"])

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: Any = False) -> Any:  # noqa: FBT002
        before, after = form.initial.get("limit"), form.cleaned_data["limit"]
        return reasons.audited(request, f"limit from {before} to {after}", form.cleaned_data["reason"])

    @admin.action(description="Dismiss: closed for good, still readable", permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Group]) -> None:
        if not (reason := reasons.given(self, request)):
            return
        closed = [self._dismissed(request, group, reason) for group in queryset]
        self.message_user(request, f"{sum(closed)} dismissed.")

    @transaction.atomic
    def _dismissed(self, request: HttpRequest, group: Group, reason: str) -> bool:
        closed = actions.close_by_staff(group_id=group.pk, now=timezone.now())
        if closed:
            self.log_change(request, group, reasons.audited(request, "dismissed", reason))
        return closed


def _until(at: datetime | None, word: str) -> str:
    return f"{word} {at:%Y-%m-%d %H:%M}" if at else ""


def _lines(rows: Iterable[tuple[str, ...]]) -> SafeString:
    """Whatever people call themselves is text."""
    return format_html_join(_BREAK, "{}", ((" · ".join(filter(None, row)),) for row in rows))
