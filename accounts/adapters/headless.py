from dataclasses import dataclass
from typing import Final, cast

from allauth.headless.adapter import DefaultHeadlessAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from accounts.adapters.account import invalid
from accounts.errors import ProviderRefused
from accounts.models import User


@dataclass
class Me:
    id: str
    username: str
    email: str | None
    display_name: str


_REFUSED: Final = {"invalid_token", "client_id_mismatch", "token_authentication_not_supported", "token_required"}


class Headless(DefaultHeadlessAdapter):
    def validation_error(self, code: str, *args: object) -> ValidationError:
        return invalid(ProviderRefused()) if code in _REFUSED else super().validation_error(code, *args)

    def get_user_dataclass(self) -> type[Me]:
        return Me

    def user_as_dataclass(self, user: AbstractBaseUser) -> Me:
        user = cast(User, user)
        return Me(str(user.pk), user.username, user.email, user.display_name)
