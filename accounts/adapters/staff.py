"""The staff's own door, which is not django-allauth's: as strict, and as audited."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from accounts import actions
from accounts.adapters.account import Account, invalid
from accounts.adapters.factors import CodeInput
from accounts.adapters.origin import origin
from accounts.errors import BadCredentials, IncorrectCode
from accounts.models import Happened, User


class StaffForm(AuthenticationForm):
    code = forms.CharField(required=False, label="Code of your authenticator app, or a recovery code, if you have them")
    request: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        like = self.fields["username"].widget.attrs["class"]
        self.fields["code"].widget.attrs |= {"class": like, "autocomplete": "one-time-code"}

    def clean(self) -> dict[str, Any]:
        where, name = origin(self.request), str(self.cleaned_data.get("username", ""))
        try:
            Account(self.request).pre_authenticate(self.request, username=name)
            cleaned: dict[str, Any] = super().clean()
            if (user := self.user_cache) is None:
                return cleaned  # a field is empty
            self._second_factor(user)
        except ValidationError as e:
            code = BadCredentials.code if e.code == "invalid_login" else str(e.code)
            actions.note_refused(code=code, origin=where, means="staff", name=name)
            raise
        actions.note(Happened.LOGGED_IN, user_id=user.pk, origin=where, means="staff")
        return cleaned

    def _second_factor(self, user: User) -> None:
        code = CodeInput({"code": self.cleaned_data.get("code", "")}, user=user)
        if Authenticator.objects.filter(user=user).exists() and not code.is_valid():
            raise invalid(IncorrectCode())
