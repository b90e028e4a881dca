from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from accounts import actions
from accounts.models import Device, LoginEvent, User

admin.site.unregister([SocialApp, SocialToken])  # providers stand in the settings
admin.site.unregister([EmailAddress, SocialAccount, Authenticator])  # what opens an account is its person's


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


@admin.register(User)
class UserAdmin(ModelAdmin):
    """People sign up by themselves, and are never deleted: others' conversations hold what they wrote."""

    list_display = ("username", "display_name", "email", "is_active", "is_staff", "joined_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username__startswith", "email__startswith", "phone__startswith", "display_name__istartswith")
    ordering = ("username",)
    fields = ("id", "username", "email", "phone", "display_name", "is_active", "is_staff", "is_superuser", "groups")
    readonly_fields = ("id",)
    filter_horizontal = ("groups",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody takes over another of the staff."""
        above = obj is not None and (obj.is_staff or obj.is_superuser) and not _is_superuser(request)
        return not above and bool(super().has_change_permission(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody raises himself: rights are given by superusers; and the address is what a new password goes to."""
        rights = () if _is_superuser(request) else ("is_staff", "is_superuser", "groups", "email")
        return (*self.readonly_fields, *rights)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            actions.end_devices(devices=list(obj.devices.all()), now=timezone.now())


@admin.register(Device)
class DeviceAdmin(ModelAdmin):
    list_display = ("user", "name", "platform", "app_version", "address", "last_seen_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__username__startswith", "address")
    ordering = ("-last_seen_at",)
    fields = ("id", *list_display)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False


@admin.register(LoginEvent)
class LoginEventAdmin(ModelAdmin):
    list_display = ("at", "happened", "user", "name", "means", "code", "address", "device")
    list_select_related = ("user",)
    list_filter = ("happened",)
    search_fields = ("user__username__startswith", "name__startswith", "address")
    ordering = ("-at",)
    fields = ("id", *list_display)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LoginEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LoginEvent | None = None) -> bool:
        return False
