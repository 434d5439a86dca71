"""Settings: every environment variable is read here, once, and nowhere else.

A value that cannot be used stops the start with a sentence that names the variable.
`.env` in the project's root is read first; what the environment says wins over it.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

from digitsite import local, logs, tracker
from digitsite.environment import (
    database_from_url,
    env_bool,
    env_choice,
    env_float,
    env_int,
    env_int_list,
    env_list,
    env_rate,
    env_secret,
    env_str,
    env_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
CORES = os.cpu_count() or 1

load_dotenv(BASE_DIR / ".env")


# --- The site -------------------------------------------------------------------------------------

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", "insecure-key-for-development-only" if DEBUG else local.read_secret_key(VAR_DIR))
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it (or SECRET_KEY_FILE) to a long random value; `make run` makes one for you."
    )
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "digitsite.urls"
WSGI_APPLICATION = "digitsite.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "recognizer",
    "telegram_integration",
]

MIDDLEWARE = [
    "digitsite.middleware.TrustedProxyMiddleware",
    "recognizer.tracing.RequestIdMiddleware",
    "recognizer.metrics.MetricsMiddleware",
    "recognizer.problems.ProblemMiddleware",
    "digitsite.middleware.PermissionsPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "recognizer.origins.CrossOriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


DATABASES = {"default": database_from_url(env_secret("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))}

REDIS_URL = env_url("REDIS_URL", local.redis_url(VAR_DIR), schemes=("redis", "rediss", "unix"))
REDIS_KEY_PREFIX = env_str("REDIS_KEY_PREFIX", "digits:")

# --- Recognition ----------------------------------------------------------------------------------

MODEL_PATH = Path(env_str("MODEL_PATH", str(BASE_DIR / "ml" / "artifacts" / "best_model.keras")))
# Every model version that can be live. Several hosts must share this folder.
MODELS_DIR = Path(env_str("MODELS_DIR", str(VAR_DIR / "models")))
PREDICT_DEADLINE_SECONDS = env_float("PREDICT_DEADLINE_SECONDS", 10, minimum=0.05, maximum=300)
MAX_UPLOAD_BYTES = env_int("MAX_UPLOAD_BYTES", 20 * 2**20, minimum=1024, maximum=100 * 2**20)
MAX_BATCH_PICTURES = env_int("MAX_BATCH_PICTURES", 32, minimum=1, maximum=1000)
MAX_BATCH_BYTES = env_int("MAX_BATCH_BYTES", 4 * MAX_UPLOAD_BYTES, minimum=MAX_UPLOAD_BYTES, maximum=2**30)
# How many pictures one task may carry, and how many tasks one process may have under way. With one under
# way per worker, what arrives meanwhile is gathered and travels together.
DISPATCH_BATCH_SIZE = env_int("DISPATCH_BATCH_SIZE", 16, minimum=1, maximum=256)
WORKER_CONCURRENCY = env_int("WORKER_CONCURRENCY", max(1, min(4, CORES - 1)), minimum=1, maximum=256)
# A claimed submission is left to its worker for this long; then it counts as lost and is tried again.
CLAIM_SECONDS = env_float("CLAIM_SECONDS", 15, minimum=0.1, maximum=3600)
MAX_ATTEMPTS = 3
SWEEP_SECONDS = env_float("SWEEP_SECONDS", 5, minimum=0.1, maximum=3600)
# Submissions that nobody reviewed are erased after so many days; 0 keeps them.
RETENTION_DAYS = env_int("RETENTION_DAYS", 90, minimum=0, maximum=36500)
# Pictures that one caller may send; looking answers up has ten times as much room.
RATE_LIMIT_ENABLED = env_bool("RATE_LIMIT_ENABLED", default=True)
RATE_LIMIT_ANONYMOUS = env_rate("RATE_LIMIT_ANONYMOUS", "120/minute")
RATE_LIMIT_TOKEN = env_rate("RATE_LIMIT_TOKEN", "1200/minute")
# 0: programs need a token; the page goes on working.
ANONYMOUS_API_ENABLED = env_bool("ANONYMOUS_API_ENABLED", default=True)

# --- Celery ---------------------------------------------------------------------------------------

# kombu spells a unix socket differently from redis-py.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": REDIS_KEY_PREFIX,
    "visibility_timeout": 60,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "predictions"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "recognizer.sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
    "purge": {"task": "recognizer.purge", "schedule": 3600, "options": {"expires": 3600}},
    "summarise": {"task": "recognizer.summarise", "schedule": 3600, "options": {"expires": 3600}},
}

# --- Metrics --------------------------------------------------------------------------------------

# In this folder the web processes of one host add up what they count.
METRICS_DIR = VAR_DIR / "metrics"
METRICS_TOKEN = env_secret("METRICS_TOKEN")

# --- Processes (what `make run` starts) -----------------------------------------------------------

HOST = env_str("HOST", "127.0.0.1")
PORT = env_int("PORT", 8000, minimum=1, maximum=65535)
WEB_CONCURRENCY = env_int("WEB_CONCURRENCY", max(1, min(4, CORES // 2)), minimum=1, maximum=64)
WEB_THREADS = env_int("WEB_THREADS", 64, minimum=2, maximum=512)

# --- Telegram -------------------------------------------------------------------------------------

TELEGRAM_BOT_TOKEN = env_secret("TELEGRAM_BOT_TOKEN")
TELEGRAM_API_BASE_URL = env_url("TELEGRAM_API_BASE_URL", "https://api.telegram.org", schemes=("https", "http"))
TELEGRAM_WEBHOOK_URL = env_url("TELEGRAM_WEBHOOK_URL", "", schemes=("https", "http"))
TELEGRAM_WEBHOOK_SECRET = env_secret("TELEGRAM_WEBHOOK_SECRET")
TELEGRAM_OPERATOR_IDS = env_int_list("TELEGRAM_OPERATOR_IDS")
# Messages a minute: of one person, and of all people together.
TELEGRAM_USER_LIMIT = env_int("TELEGRAM_USER_LIMIT", 30, minimum=1, maximum=10_000)
TELEGRAM_GLOBAL_LIMIT = env_int("TELEGRAM_GLOBAL_LIMIT", 1500, minimum=1, maximum=1_000_000)
# A bot that died is replaced by another after this long: it no longer holds the poller's lock and its work.
TELEGRAM_TAKEOVER_SECONDS = env_float("TELEGRAM_TAKEOVER_SECONDS", 10, minimum=2, maximum=300)

# --- HTTP -----------------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_BATCH_PICTURES
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "recognizer.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Digits",
    "DESCRIPTION": "Reads handwritten digits from a drawing, a photo or a scan.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # What is sent and what is answered differ: a file goes in, no file comes out.
    "COMPONENT_SPLIT_REQUEST": True,
    "TAGS": [
        {"name": "predictions", "description": "Send pictures, read what they show, say where it is wrong."},
        {"name": "service", "description": "The model that reads, and whether it can."},
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
}

# --- The door -------------------------------------------------------------------------------------

# Addresses or networks of the proxies in front, "unix" for one that comes over a unix socket: only they are
# believed about who calls (X-Forwarded-For) and whether by HTTPS (X-Forwarded-Proto).
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES", [])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# 1 when people reach the site by HTTPS: everything else is redirected there, and cookies travel by it only.
HTTPS = env_bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# What a load balancer or Prometheus asks this very process.
SECURE_REDIRECT_EXEMPT = ["^livez$", "^readyz$", "^metrics$"]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000, minimum=0, maximum=63_072_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Preloading is for the owner of the whole domain to ask for; it cannot be taken back within months.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_AGE = 7 * 24 * 3600

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        **({"upgrade-insecure-requests": True} if HTTPS else {}),
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()" for feature in ("camera", "microphone", "geolocation", "payment", "usb", "interest-cohort")
)

# Pages elsewhere that may call the API from a visitor's browser; none by default.
CORS_ALLOWED_ORIGINS = env_list("CORS_ALLOWED_ORIGINS", [])
CORS_URLS_REGEX = r"^/(api/.*|predict)$"
CORS_ALLOW_METHODS = ["GET", "POST", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "prefer", "x-request-id"]
CORS_EXPOSE_HEADERS = ["location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"]

# Signing in: after so many failures a user name and an address each have to wait.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = env_int("LOGIN_FAILURE_LIMIT", 10, minimum=1, maximum=1000)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- Language, time, files ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fa", "فارسی")]
USE_I18N = True
TIME_ZONE = env_str("TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Error tracker (Sentry, or what speaks its protocol) ------------------------------------------

if SENTRY_DSN := env_secret("SENTRY_DSN"):
    tracker.start(SENTRY_DSN)

# --- Logs -----------------------------------------------------------------------------------------

# json: one object a line, for programs that gather logs; line: for people.
LOGGING = logs.logging_settings(
    form=env_choice("LOG_FORMAT", "line", choices=("line", "json")),
    level=env_str("LOG_LEVEL", "INFO").upper(),
    access=env_bool("ACCESS_LOG", default=True),
)
