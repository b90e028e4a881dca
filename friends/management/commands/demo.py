from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from friends import actions

PEOPLE: Final = {"ann": "Ann", "bob": "Bob"}  # friends of each other


class Command(BaseCommand):
    help = "On an empty server make two friends and a member of staff, all with the password in DEMO_PASSWORD."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        if not settings.DEMO_PASSWORD:
            raise CommandError("DEMO_PASSWORD is not set. Example: DEMO_PASSWORD=$(openssl rand -hex 8)")
        for username, name in PEOPLE.items():
            User.objects.create_user(username, f"{username}@example.com", settings.DEMO_PASSWORD, display_name=name)
            self.stdout.write(f"chat   {username} / {settings.DEMO_PASSWORD}")
        one, other = User.objects.order_by("username").values_list("pk", flat=True)
        for asks, asked in ((one, other), (other, one)):
            actions.request(user_id=asks, other_id=asked, message="", source="", now=timezone.now())
        User.objects.create_superuser("mod", "mod@example.com", settings.DEMO_PASSWORD, display_name="Moderator")
        self.stdout.write(f"admin  mod / {settings.DEMO_PASSWORD}")
