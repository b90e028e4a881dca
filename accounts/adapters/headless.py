from dataclasses import dataclass
from typing import cast

from allauth.headless.adapter import DefaultHeadlessAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from accounts.models import User


@dataclass
class Me:
    id: str
    username: str
    email: str | None
    display_name: str


class Headless(DefaultHeadlessAdapter):
    def get_user_dataclass(self) -> type[Me]:
        return Me

    def user_as_dataclass(self, user: AbstractBaseUser) -> Me:
        user = cast(User, user)
        return Me(str(user.pk), user.username, user.email, user.display_name)
