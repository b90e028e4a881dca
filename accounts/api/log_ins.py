"""The HTTP doors by which one comes in: django-allauth's, audited."""

from uuid import UUID

from allauth.headless.account import views

from accounts.api.audited import Audited


class Login(Audited, views.LoginView):
    means = "password"

    def _name(self) -> str:
        return str(self.data.get("username") or self.data.get("email") or "")


class ConfirmCode(Audited, views.ConfirmLoginCodeView):
    means = "code"

    def _who(self) -> UUID | None:
        return getattr(self.process.user, "pk", None)

    def _name(self) -> str:
        return str(self.process.state.get("email") or "")


class Reauthenticate(Audited, views.ReauthenticateView):
    means = "password"
