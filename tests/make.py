"""People, devices and conversations, made by the product's own actions."""

import itertools
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import Device, User
from imserver.ids import uuid7
from messaging import actions
from messaging.drafts import Message, checked
from messaging.writes import Outcome

_numbers = itertools.count()


@dataclass(frozen=True)
class Person:
    id: UUID
    username: str
    device: UUID

    @property
    def token(self) -> str:
        return tokens.mint(self.id, self.device, now=timezone.now())

    def another_device(self) -> "Person":
        return Person(self.id, self.username, _device(self.id))


def person(name: str) -> Person:
    """Someone new whose user name begins with `name`."""
    username = f"{name}{next(_numbers)}{secrets.token_hex(3)}"
    user = User.objects.create(username=username, email=f"{username}@example.com", display_name=name.title())
    return Person(user.pk, username, _device(user.pk))


def _device(user_id: UUID) -> UUID:
    return Device.objects.create(user_id=user_id, session_key=secrets.token_hex(16), name="test").pk


def direct(one: Person, other: Person) -> UUID:
    """Opened by both."""
    actions.open_direct(user_id=other.id, other_id=one.id)
    return actions.open_direct(user_id=one.id, other_id=other.id)


def group(owner: Person, *members: Person, title: str = "Group") -> UUID:
    return actions.open_group(title=title, owner_id=owner.id, member_ids=[member.id for member in members])


def message(
    sender: Person, conversation: UUID, text: str = "hello", *, key: UUID | None = None, reply_to: int | None = None
) -> Outcome:
    """A message through the action that REST uses. Raises what the action refuses."""
    now_ms = int(timezone.now().timestamp() * 1000)
    content = b'{"text":"%b"}' % text.encode()
    sent = Message(key=key or uuid7(), kind="text", content=content, reply_to=reply_to)  # type: ignore[arg-type]
    return actions.send(draft=checked(sent, conversation, sender.id, now_ms))


def staff(app: str, *rights: str) -> Client:
    """A browser in which one of the staff is logged in, who may do this in the admin of an app."""
    one = person("mod")
    User.objects.filter(pk=one.id).update(is_staff=True)
    user, client = User.objects.get(pk=one.id), Client()
    user.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label=app))
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client
