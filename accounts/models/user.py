from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import rules
from accounts.errors import BadPhone, BadUsername, EmailTaken, ExternalIdTaken, PhoneTaken, UsernameTaken
from imserver.errors import DomainError
from imserver.ids import uuid7


def _taken(field: str, refusal: type[DomainError], condition: Q | None = None) -> models.UniqueConstraint:
    """With a condition, PostgreSQL does not take the column for one that rows of other tables may point at: its change
    then waits for nobody who writes such a row."""
    name, said = refusal.code, refusal.message
    return models.UniqueConstraint(fields=[field], condition=condition, name=name, violation_error_message=said)


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def named(self, text: str) -> Self:
        """User names that begin so, or the one person with this address (an @) or number (a +). Who allows it."""
        if "@" in text:
            return self.filter(email=text, found_by_email=True)
        if text.startswith("+"):
            return self.filter(phone=text, found_by_phone=True)
        return self.filter(username__startswith=text, found_by_name=True)


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, email: str | None, password: str | None, **more: Any) -> "User":
        """Without a password nobody logs in by one."""
        more["display_name"] = rules.display_name(more.get("display_name") or username)
        address = rules.storable(email).lower() if email else None
        user = self.model(username=rules.username(username), email=address, **more)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, username: str, email: str, password: str, **more: Any) -> "User":
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **more)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Collation C: the unique index then serves "begins with", in order, whatever the database's own collation.
    username = models.CharField(
        max_length=32,
        db_collation="C",
        validators=[RegexValidator(rf"^{rules.USERNAME}\Z", BadUsername.message, BadUsername.code)],
    )
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001  # people of host apps may have none
    phone = models.CharField(  # noqa: DJ001
        max_length=16,
        null=True,
        blank=True,
        validators=[RegexValidator(rf"^{rules.PHONE}\Z", BadPhone.message, BadPhone.code)],
    )
    """As the person says: nobody proved it, so it opens nothing."""
    external_id = models.CharField(max_length=rules.EXTERNAL_ID_LENGTH, null=True, editable=False)  # noqa: DJ001
    """What the host app calls this person."""
    is_service = models.BooleanField(default=False, editable=False)
    display_name = models.CharField(max_length=rules.NAME_LENGTH)
    bio = models.CharField(max_length=rules.BIO_LENGTH, blank=True)
    language = models.CharField(max_length=35, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    avatar = models.UUIDField(null=True, editable=False)
    """The id of a file."""
    friend_requests = models.CharField(max_length=20, choices=rules.Requests, default=rules.Requests.ALL)
    found_by_name = models.BooleanField(default=True)
    found_by_email = models.BooleanField(default=True)
    found_by_phone = models.BooleanField(default=False)
    """Off: a number that nobody proved might be somebody else's, whose friends would find the wrong person."""
    presence = models.CharField(max_length=10, choices=rules.Seen, default=rules.seen_by)
    """Who sees whether this person is online, and when he was last."""
    read_receipts = models.BooleanField(default=True)
    named_in_forwards = models.BooleanField(default=True)
    added_to_groups = models.CharField(max_length=10, choices=rules.Seen, default=rules.seen_by)
    """Who puts this person into groups; others invite."""
    last_seen_at = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        constraints = [
            _taken("username", UsernameTaken),
            _taken("email", EmailTaken, condition=Q(email__isnull=False)),
            _taken("phone", PhoneTaken, condition=Q(phone__isnull=False)),
            _taken("external_id", ExternalIdTaken, condition=Q(external_id__isnull=False)),
            models.CheckConstraint(condition=Q(username__regex=f"^{rules.USERNAME}$"), name="username_is_plain"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_is_lower_case"),
            models.CheckConstraint(condition=Q(phone__regex=f"^{rules.PHONE}$"), name="phone_is_e164"),
            models.CheckConstraint(condition=~Q(email=""), name="email_is_there_or_not"),
            models.CheckConstraint(condition=~Q(display_name=""), name="display_name_is_there"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def avatar_url(self) -> str | None:
        return f"/v1/files/{self.avatar}" if self.avatar else None
