from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import actions, keys
from accounts.models import ApiKey, User
from imserver.errors import DomainError


class Command(BaseCommand):
    help = "Service accounts: programs of the host app, and their API keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True)
        key = commands.add_parser("key", help="print a new key of a service account, which is made where it is missing")
        key.add_argument("username")
        key.add_argument("--scope", action="append", default=[], choices=keys.SCOPES, help="may be repeated")
        key.add_argument("--days", type=int, help="until it expires; else it does not")
        commands.add_parser("list", help="list all keys")
        revoke = commands.add_parser("revoke", help="end a key at once")
        revoke.add_argument("prefix", help="as `list` shows it")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        try:
            getattr(self, f"_{action}")(**options)
        except DomainError as e:
            raise CommandError(str(e)) from e

    def _key(self, username: str, scope: list[str], days: int | None, **_options: Any) -> None:
        now = timezone.now()
        user = User.objects.filter(username=username.lower()).first()
        if user is None:
            user = User.objects.create_user(username, None, None, is_service=True)
        if not user.is_service:
            raise CommandError(f"{username} is a person, not a service account.")
        expires_at = now + timedelta(days=days) if days else None
        _, spelled = actions.issue_key(user=user, scopes=scope, expires_at=expires_at, now=now)
        self.stdout.write(spelled)

    def _list(self, **_options: Any) -> None:
        for key in ApiKey.objects.select_related("user").order_by("user__username", "created_at"):
            state = "revoked" if key.revoked_at else f"until {key.expires_at or 'revoked'}"
            used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
            scopes = ",".join(key.scopes) or "none"
            self.stdout.write(f"{key.user.username}  {key.prefix}  scopes {scopes}  {state}  {used}")

    def _revoke(self, prefix: str, **_options: Any) -> None:
        if not actions.revoke_key(prefix=prefix, now=timezone.now()):
            raise CommandError(f"There is no live key {prefix}.")
        self.stdout.write(f"{prefix} is revoked.")
