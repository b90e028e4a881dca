from typing import Final, NoReturn, cast

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from accounts import actions, rules, tasks
from accounts.adapters.origin import origin
from accounts.errors import AccountInactive, BadCredentials, IncorrectCode, WrongPassword
from accounts.models import User
from imserver.errors import DomainError, RateLimited

_OURS: Final = {
    "username_password_mismatch": BadCredentials,
    "email_password_mismatch": BadCredentials,
    "too_many_login_attempts": RateLimited,
    "incorrect_code": IncorrectCode,
    "incorrect_password": WrongPassword,
}


def invalid(refusal: DomainError) -> ValidationError:
    return ValidationError(str(refusal), code=refusal.code)


class Account(DefaultAccountAdapter):
    def validation_error(self, code: str, *args: object) -> ValidationError:
        return invalid(_OURS[code]()) if code in _OURS else super().validation_error(code, *args)

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: FBT001, FBT002
        try:
            return super().clean_username(rules.username(username), shallow)
        except DomainError as e:
            raise invalid(e) from e

    def save_user(
        self,
        request: HttpRequest,
        user: AbstractBaseUser,
        form: forms.BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002
    ) -> User:
        names = ("username", "email", "password", "display_name")
        return actions.sign_up(**{name: form.cleaned_data[name] for name in names})

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        key = self.request.session.session_key if self.request else None
        actions.set_password(user=cast(User, user), password=password, session_key=key or "", now=timezone.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """By a worker: no request waits for a mail server, and who listens to the clock learns nothing."""
        whole = {"request": self.request, "email": email, "current_site": get_current_site(self.request), **context}
        mail = self.render_mail(template_prefix, email, whole)
        tasks.send_mail.delay(subject=str(mail.subject), body=str(mail.body), to=mail.to)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> NoReturn:
        actions.note_refused(code=AccountInactive.code, origin=origin(request), user_id=user.pk)
        raise AccountInactive

    def logout(self, request: HttpRequest) -> None:
        actions.end_session(session_key=request.session.session_key or "", now=timezone.now())
        super().logout(request)


class SignUp(forms.Form):
    """What sign-up takes beside allauth's own fields."""

    display_name = forms.Field(required=False)

    def clean_display_name(self) -> str:
        try:
            return (
                rules.display_name(str(self.cleaned_data["display_name"])) if self.cleaned_data["display_name"] else ""
            )
        except DomainError as e:
            raise invalid(e) from e

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this hook; Account.save_user has stored everything by now."""
