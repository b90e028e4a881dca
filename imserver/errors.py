"""What the server may refuse. Clients switch on `code`, never on the message."""

from collections.abc import Mapping
from typing import ClassVar, Literal

Retry = Literal["no", "later", "same_key", "reauth", "resync"]


class DomainError(Exception):
    """An anticipated refusal. `code` and `retry` are the contract; `message` is for developers, in English."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    retry: ClassVar[Retry] = "no"
    message: ClassVar[str]

    def __init__(self, message: str = "", *, retry_after_ms: int = 0, details: Mapping[str, object] | None = None):
        super().__init__(message or self.message)
        self.retry_after_ms = retry_after_ms
        self.details = dict(details or {})

    def as_dict(self) -> dict[str, object]:
        body: dict[str, object] = {"code": self.code, "message": str(self), "retry": self.retry}
        if self.retry_after_ms:
            body["retry_after_ms"] = self.retry_after_ms
        if self.details:
            body["details"] = self.details
        return body


class BadRequest(DomainError):
    code, message = "bad_request", "The request does not have the documented shape."


class BadJson(DomainError):
    code, message = "bad_json", "The body is not valid JSON."


class BadContent(DomainError):
    code, message = "bad_content", "The content is not what is taken here, for example U+0000 or half a surrogate pair."


class TooLarge(DomainError):
    code, status, message = "too_large", 413, "The request is larger than the server takes."


class NotAuthenticated(DomainError):
    code, status, retry, message = "not_authenticated", 401, "reauth", "Log in first."


class ReauthenticationNeeded(DomainError):
    code, status, message = "reauthentication_needed", 401, "You are logged in; for this prove anew that it is you."


class AccountBanned(DomainError):
    code, status, message = "account_banned", 403, "This account is suspended."


class Forbidden(DomainError):
    code, status, message = "forbidden", 403, "You may not do this."


class NotFound(DomainError):
    code, status, message = "not_found", 404, "There is nothing here, or it is not yours to see."


class MethodNotAllowed(DomainError):
    code, status, message = "method_not_allowed", 405, "This address does not take that method."


class Conflict(DomainError):
    code, status, message = "conflict", 409, "This does not fit the state that things are in."


class UnknownType(DomainError):
    code, message = "unknown_type", "The server knows no frame of this type."


class TooEarly(DomainError):
    code, status, retry, message = "too_early", 425, "later", "Wait for the welcome."


class RateLimited(DomainError):
    code, status, retry, message = "rate_limited", 429, "later", "Too many requests; wait and try again."


class TooManyCommands(DomainError):
    code, status, retry, message = "too_many_commands", 429, "later", "Wait for answers before you send more."


class Unavailable(DomainError):
    code, status, retry, message = "unavailable", 503, "same_key", "The outcome is unknown; retry with the same key."


class ServerError(DomainError):
    code, status, retry, message = "server_error", 500, "later", "Something broke on our side; it is logged."
