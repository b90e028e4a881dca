"""Every refusal of accounts."""

from imserver.errors import DomainError


class BadUsername(DomainError):
    code, message = ("bad_username", "A user name has 3 to 32 of the characters a-z 0-9 . _ -")


class BadName(DomainError):
    code, message = ("bad_name", "A name has 1 to 64 characters, one of them visible, on one line.")


class BadProfile(DomainError):
    code, message = "bad_profile", "The profile has a value that is not taken."


class BadPhone(DomainError):
    code, message = "bad_phone", "A telephone number is + and 8 to 15 digits, with the country's first (E.164)."


class PhoneTaken(DomainError):
    code, message = "phone_taken", "There is an account with this telephone number."


class UsernameTaken(DomainError):
    code, message = "username_taken", "Somebody has this user name."


class EmailTaken(DomainError):
    code, message = "email_taken", "There is an account with this e-mail address."


class PersonNotFound(DomainError):
    code, status, message = "person_not_found", 404, "Nobody has this external id."


class ExternalIdTaken(DomainError):
    code, status, message = "external_id_taken", 409, "Another person has this external id."


class KeyInvalid(DomainError):
    code, status, message = "key_invalid", 401, "This API key is not one of ours, was revoked or has expired."


class ScopeMissing(DomainError):
    code, status, message = "scope_missing", 403, "This API key may not do that."


class DeviceNeeded(DomainError):
    code, status, message = "device_needed", 403, "Only a person's own device may do this, not an API key."


class TooManyKeys(DomainError):
    code, status, message = "too_many_keys", 409, "A service account has two live keys at most; revoke one first."


class BadCredentials(DomainError):
    code, message = "bad_credentials", "No account has this name and password."


class IncorrectCode(DomainError):
    code, message = "incorrect_code", "This is not the code, or no longer; after some tries ask for another or wait."


class EmailUnverified(DomainError):
    code, status, message = "email_unverified", 409, "First show that the e-mail address is yours."


class NoSecondFactor(DomainError):
    code, status, message = "no_second_factor", 409, "Recovery codes go with a second factor; there is none."


class ProviderUnknown(DomainError):
    code, status, message = "provider_unknown", 404, "This server takes no log-ins of this provider."


class ProviderRefused(DomainError):
    code, message = "provider_refused", "The provider's token or code is not good, no longer, or not for this server."


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
