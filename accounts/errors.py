"""Every refusal of accounts."""

from imserver.errors import DomainError


class BadUsername(DomainError):
    code, message = ("bad_username", "A user name has 3 to 32 of the characters a-z 0-9 . _ -")


class BadName(DomainError):
    code, message = ("bad_name", "A name has 1 to 64 characters, one of them visible, on one line.")


class BadProfile(DomainError):
    code, message = "bad_profile", "The profile has a value that is not taken."


class UsernameTaken(DomainError):
    code, message = "username_taken", "Somebody has this user name."


class EmailTaken(DomainError):
    code, message = "email_taken", "There is an account with this e-mail address."


class BadCredentials(DomainError):
    code, message = "bad_credentials", "No account has this name and password."


class IncorrectCode(DomainError):
    code, message = (
        "incorrect_code",
        "This is not the code of the mail; after three tries ask for another.",
    )


class WrongPassword(DomainError):
    code, message = "wrong_password", "This is not the password of the account."


class WeakPassword(DomainError):
    code, message = "weak_password", "The password is too short, too common or too much like the account."


class DeviceNotFound(DomainError):
    code, status, message = "device_not_found", 404, "You have no such device; perhaps it was logged out."


class AccountInactive(DomainError):
    code, status, message = "account_inactive", 403, "This account is closed."


class TokenInvalid(DomainError):
    code, status, retry, message = ("token_invalid", 401, "reauth", "This token is not one of ours.")


class TokenExpired(DomainError):
    code, status, retry, message = ("token_expired", 401, "reauth", "This token has expired; refresh it.")


class TokenReused(DomainError):
    code, status, retry, message = ("token_reused", 401, "reauth", "This refresh token was used before; log in again.")


class SessionEnded(DomainError):
    code, status, retry, message = ("session_ended", 401, "reauth", "This device was logged out.")
