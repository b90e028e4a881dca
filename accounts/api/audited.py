from typing import Any, ClassVar, Final
from uuid import UUID

from allauth.headless.internal.restkit.response import ErrorResponse
from django.http import HttpRequest

from accounts import actions, errors
from accounts.adapters.origin import origin
from imserver.errors import RateLimited

_REFUSALS: Final = {
    one.code
    for one in (
        *(errors.BadCredentials, errors.WrongPassword, errors.IncorrectCode),
        *(errors.ProviderRefused, errors.ProviderUnknown, RateLimited),
    )
}


class Audited:
    """A door of django-allauth that notes whom it refuses."""

    means: ClassVar[str]
    request: HttpRequest
    data: Any

    def handle_invalid_input(self, input: Any) -> ErrorResponse:  # noqa: A002
        codes = [fault.code for faults in input.errors.as_data().values() for fault in faults]
        refusal = next((code for code in codes if code in _REFUSALS), "")
        if refusal:
            where = origin(self.request)
            actions.note_refused(code=refusal, origin=where, means=self.means, user_id=self._who(), name=self._name())
        answer: ErrorResponse = super().handle_invalid_input(input)  # type: ignore[misc]
        return answer

    def _who(self) -> UUID | None:
        return getattr(self.request.user, "pk", None)

    def _name(self) -> str:
        return ""
