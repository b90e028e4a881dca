"""Settings; the only reader of the environment. docs/operations.md lists every name with its default."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from imserver import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))

# --- where we are -----------------------------------------------------------------------------
IM_ENV = env.text("IM_ENV", "development")
if IM_ENV not in ("development", "production"):
    raise ImproperlyConfigured(f"IM_ENV={IM_ENV}: say development or production.")
PRODUCTION = IM_ENV == "production"
if not PRODUCTION:
    env.load(DATA_DIR / "env")  # `manage.py run` writes it: addresses of the embedded servers, secrets of its own
DEBUG = env.boolean("DEBUG")


def required(name: str, example: str) -> str:
    value = env.text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Example: {example}. For a trial without servers: make run.")
    return value


SECRET_LENGTH, SECRET_VARIETY = 32, 10


def secret(name: str) -> str:
    value = required(name, "$(openssl rand -hex 32)")
    if PRODUCTION and (len(value) < SECRET_LENGTH or len(set(value)) < SECRET_VARIETY):
        raise ImproperlyConfigured(f"{name} is too short or well known; take 32 random characters or more.")
    return value


SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("OLD_SECRET_KEYS")
TOKEN_KEY = secret("TOKEN_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1]")
if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG=yes shows secrets to strangers; it is refused with IM_ENV=production.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name your hosts, for example chat.example.com; * is refused.")
    if TOKEN_KEY == SECRET_KEY:
        raise ImproperlyConfigured("TOKEN_KEY must differ from SECRET_KEY.")
PROXIES = env.integer("PROXIES", 0)
ALLOWED_ORIGINS = env.words("ALLOWED_ORIGINS")
CORS_ALLOWED_ORIGINS = CSRF_TRUSTED_ORIGINS = [origin for origin in ALLOWED_ORIGINS if origin != "*"]
CORS_ALLOW_ALL_ORIGINS = "*" in ALLOWED_ORIGINS
CORS_URLS_REGEX = r"^/v1/"
CORS_ALLOW_HEADERS = (
    *("accept", "authorization", "content-type", "idempotency-key"),
    *("x-session-token", "x-device-name", "x-device-platform", "x-app-version"),
)
CORS_EXPOSE_HEADERS = ("retry-after",)

# --- the house --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "imserver",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.headless",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "messaging",
    "inbox",
    "friends",
    "groups",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "imserver.api.middleware.Problems",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "imserver.urls"
ASGI_APPLICATION = "imserver.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "en", "UTC", True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20

# --- PostgreSQL, Redis ------------------------------------------------------------------------
DATABASE_URL = required("DATABASE_URL", "postgresql://im:secret@127.0.0.1:5432/im")
REDIS_URL = required("REDIS_URL", "redis://127.0.0.1:6379/0")
REDIS_PREFIX = env.text("REDIS_PREFIX", "im")
_database = conninfo_to_dict(DATABASE_URL)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.pop("dbname", "im"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "OPTIONS": {
            **_database,
            "prepare_threshold": 5,  # without it nothing is prepared, whoever asks for that
            "pool": {"min_size": 1, "max_size": env.integer("DATABASE_POOL", 10), "timeout": 10},
        },
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "CONN_HEALTH_CHECKS": True,
    },
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CHANNEL_LAYERS = {"default": {"BACKEND": "imserver.realtime.layer.Bus", "CONFIG": {"hosts": [REDIS_URL]}}}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True

# --- the event log, the inbox: optional ---------------------------------------------------------
FRIENDS_ONLY = env.boolean("FRIENDS_ONLY", default=True)  # who writes to a person must be a friend
SELF_LOG = "messaging.actions.tell"
RELAY = "messaging.relay.run"
KAFKA_BOOTSTRAP = env.text("KAFKA_BOOTSTRAP")  # host:port, with commas; empty: no Kafka
KAFKA_TOPIC = env.text("KAFKA_TOPIC", "im.log")
KAFKA_PARTITIONS, KAFKA_REPLICATION = env.integer("KAFKA_PARTITIONS", 12), env.integer("KAFKA_REPLICATION", 1)
KAFKA_RETENTION_HOURS = env.integer("KAFKA_RETENTION_HOURS", 168)
KAFKA_POLL_SECONDS = env.integer("KAFKA_POLL_SECONDS", 300)
KAFKA_OPTIONS = env.pairs("KAFKA_OPTIONS")
EVENT_LOG = "imserver.events.kafka.producer.KafkaLog" if KAFKA_BOOTSTRAP else "imserver.events.direct.Direct"
SUBSCRIBER = "imserver.events.kafka.consumer.Subscriber" if KAFKA_BOOTSTRAP else ""
MONGO_URL = env.text("MONGO_URL")  # mongodb://host:27017/; empty: PostgreSQL answers every pull
MONGO_DATABASE = env.text("MONGO_DATABASE", "im")
INBOX_DAYS = env.integer("INBOX_DAYS", 30)
PARTS = {  # of /readyz
    "events": "imserver.events.log.trouble",
    "backlog": "messaging.metrics.backlog",
    "inbox": "inbox.store.trouble",
}
METRICS = ["messaging.metrics.gauges", "imserver.events.parking.gauges"]  # of /metrics
METRICS_TOKEN = env.text("METRICS_TOKEN")

# --- people, and the proxy in front --------------------------------------------------------------
from imserver.people import *  # noqa: E402, F403  # after the file of the environment was loaded

ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 86_400 if PRODUCTION else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other names of the domain are not ours to decide
    "security.W008",  # the proxy that speaks TLS redirects
    "security.W021",
]

# --- REST -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "imserver.api.schema.Operation",
    "EXCEPTION_HANDLER": "imserver.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Instant messaging",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"SeenEnum": "accounts.rules.Seen"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.api.schema.with_accounts",
        "imserver.api.schema.with_problems",
    ],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- the gateway and the limits of rules.md ----------------------------------------------------
LIMITS = {
    "frame_bytes": env.integer("LIMIT_FRAME_BYTES", 65_536),
    "content_bytes": env.integer("LIMIT_CONTENT_BYTES", 32_768),
    "text": env.integer("LIMIT_TEXT", 8_000),
    "caption": env.integer("LIMIT_CAPTION", 2_000),
    "mentions": env.integer("LIMIT_MENTIONS", 50),
    "pull": env.integer("LIMIT_PULL", 200),
    "unanswered": env.integer("LIMIT_UNANSWERED", 32),
    "window_bytes": env.integer("LIMIT_WINDOW_BYTES", 262_144),
    "window_frames": env.integer("LIMIT_WINDOW_FRAMES", 256),
    "friends_only": FRIENDS_ONLY,
    "friends": env.integer("LIMIT_FRIENDS", 5_000),
    "ringing_s": env.integer("LIMIT_RINGING_S", 60),
    "presence_grace_s": env.integer("LIMIT_PRESENCE_GRACE_S", 20),
    "watched": env.integer("LIMIT_WATCHED", 200),
    "friend_tags": env.integer("LIMIT_FRIEND_TAGS", 20),
    "group_members": env.integer("LIMIT_GROUP_MEMBERS", 500),
    "group_marks": env.integer("LIMIT_GROUP_MARKS", 100),
    "reactions": env.integer("LIMIT_REACTIONS", 100),
    "reactions_of_one": env.integer("LIMIT_REACTIONS_OF_ONE", 20),
    "pins": env.integer("LIMIT_PINS", 50),
    "stars": env.integer("LIMIT_STARS", 10_000),
    "edit_hours": env.integer("LIMIT_EDIT_HOURS", 24),
    "recall_hours": env.integer("LIMIT_RECALL_HOURS", 24),
    "commands_per_second": env.integer("LIMIT_COMMANDS_PER_SECOND", 30),  # 0: no limit
    "commands_burst": env.integer("LIMIT_COMMANDS_BURST", 120),
    "sockets_per_address": env.integer("LIMIT_SOCKETS_PER_ADDRESS", 1_000),
    "sockets_per_user": env.integer("LIMIT_SOCKETS_PER_USER", 20),
    "ping_s": env.integer("LIMIT_PING_S", 25),
}
STUN_URLS, TURN_URLS = env.words("STUN_URLS"), env.words("TURN_URLS")  # stun:host:port, turn:host:port?transport=udp
TURN_SECRET, TURN_SECONDS = env.text("TURN_SECRET"), 43_200
DRAIN_SECONDS = env.integer("DRAIN_SECONDS", 10)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "daphne": {"level": "WARNING"},
    },
}
