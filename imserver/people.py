"""Settings of people, part of settings.py: django-allauth headless, app client, and the mail server."""

import hashlib
from datetime import timedelta

from imserver import env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["accounts.hashers.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
ONE_DEVICE_PER_PLATFORM = env.boolean("ONE_DEVICE_PER_PLATFORM")
ACCESS_TOKEN_TTL = timedelta(minutes=15)
REFRESH_TOKEN_TTL = timedelta(days=90)
CODE_SECONDS = 600
REFRESH_GRACE = timedelta(seconds=60)
SESSION_COOKIE_AGE = int(REFRESH_TOKEN_TTL.total_seconds())
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_FRONTEND_URLS = dict.fromkeys(("account_signup", "account_reset_password"), "/")  # our mails have no links
HEADLESS_TOKEN_STRATEGY = "accounts.adapters.devices.DeviceTokens"  # noqa: S105
HEADLESS_ADAPTER = "accounts.adapters.headless.Headless"
ACCOUNT_ADAPTER = "accounts.adapters.account.Account"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.adapters.account.SignUp"
ACCOUNT_PRESERVE_USERNAME_CASING = False
EMAIL_HOST = env.text("EMAIL_HOST")  # empty: mails are written to the log
VERIFY_EMAIL = env.boolean("VERIFY_EMAIL", default=bool(EMAIL_HOST))
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if VERIFY_EMAIL else "none"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = VERIFY_EMAIL
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = CODE_SECONDS
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = CODE_SECONDS
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_RATE_LIMITS = {
    "signup": env.text("LIMIT_SIGN_UPS", "20/m/ip"),
    "login": env.text("LIMIT_LOG_INS", "30/m/ip"),
    "confirm_email": "1/m/key",
    "reset_password": "20/m/ip,1/m/key",
    "request_login_code": "20/m/ip,1/m/key",
    "change_phone": "5/d/user,30/h/ip",  # since it says whether a number has an account
}
MFA_ADAPTER = "accounts.adapters.factors.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, since clocks differ
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # else a found key without a PIN might open an account alone
MFA_ALLOW_UNVERIFIED_EMAIL = not VERIFY_EMAIL
PASSKEY_DOMAIN = env.text("PASSKEY_DOMAIN")  # empty: the host that was asked
UNFOLD = {"LOGIN": {"form": "accounts.adapters.staff.StaffForm"}}
OIDC_URL = env.text("OIDC_URL")  # of the provider, without /.well-known/...; empty: none
GITHUB_CLIENT_ID, GITHUB_URL = env.text("GITHUB_CLIENT_ID"), env.text("GITHUB_URL", "https://github.com")
SOCIALACCOUNT_ADAPTER = "accounts.adapters.social.Social"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
_oidc = {
    "provider_id": f"oidc-{hashlib.sha256(OIDC_URL.encode()).hexdigest()[:8]}",  # another's people are not these
    "name": env.text("OIDC_NAME", "OpenID Connect"),
    "client_id": env.text("OIDC_CLIENT_ID"),
    "settings": {"server_url": OIDC_URL},
}
_github = {"name": "GitHub", "client_id": GITHUB_CLIENT_ID, "secret": env.text("GITHUB_CLIENT_SECRET")}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": [_oidc] if OIDC_URL else []},
    "github": {"APPS": [_github] if GITHUB_CLIENT_ID else []},
}
AUDIT_DAYS = max(7, env.integer("AUDIT_DAYS", 180))  # SQL lets no younger line go
DEMO_PASSWORD = env.text("DEMO_PASSWORD")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT, EMAIL_TIMEOUT = env.integer("EMAIL_PORT", 587), 10
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.text("EMAIL_USER"), env.text("EMAIL_PASSWORD")
EMAIL_USE_SSL = EMAIL_PORT == 465  # noqa: PLR2004  # TLS from the first byte; else STARTTLS, if not turned off
EMAIL_USE_TLS = not EMAIL_USE_SSL and env.boolean("EMAIL_TLS", default=True)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Instant messaging <messages@localhost>")
