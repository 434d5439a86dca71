"""Settings: every environment variable is read here, or in a part of it, once; only `ml` finds its own training data.

A value that cannot be used stops the start with a sentence that names the variable. Two parts are kept beside this
file: `door.py` for what guards the door, `rest.py` for the API.
"""

import os
import socket
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from digitsite import local, logs, tracker
from digitsite.door import *  # noqa: F403
from digitsite.environment import (
    broker_url,
    database_from_url,
    env_bool,
    env_choice,
    env_float,
    env_int,
    env_int_list,
    env_list,
    env_networks,
    env_rate,
    env_secret,
    env_share,
    env_str,
    env_time_zone,
    env_url,
    limit_lock_waits,
)
from digitsite.rest import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
CORES = os.cpu_count() or 1


# --- The site -------------------------------------------------------------------------------------

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", "insecure-key-for-development-only" if DEBUG else local.read_secret_key(VAR_DIR))
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it (or SECRET_KEY_FILE) to a long random value; `make run` makes one for you."
    )
if not DEBUG and (len(SECRET_KEY) < 32 or len(set(SECRET_KEY)) < 5):
    raise ImproperlyConfigured("SECRET_KEY can be guessed: take a random value of 50 characters or more.")
# Keys used before: what was signed with them is still believed, and webhooks keep their secrets.
SECRET_KEY_FALLBACKS = env_secret("SECRET_KEY_FALLBACKS").split()
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "digitsite.urls"
WSGI_APPLICATION = "digitsite.wsgi.application"

INSTALLED_APPS = [
    # First, for its templates around the admin's own.
    "recognizer",
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
# Where reading turns into refusing; None leaves it to each model's own card.
MIN_CONFIDENCE = env_share("MIN_CONFIDENCE")
MAX_OUTLIER = env_share("MAX_OUTLIER")
PREDICT_DEADLINE_SECONDS = env_float("PREDICT_DEADLINE_SECONDS", 10, minimum=0.05, maximum=300)
# Who waits so long for what another has locked is told so, in time.
limit_lock_waits(DATABASES["default"], max(1.0, PREDICT_DEADLINE_SECONDS))
MAX_UPLOAD_BYTES = env_int("MAX_UPLOAD_BYTES", 20 * 2**20, minimum=1024, maximum=100 * 2**20)
MAX_BATCH_PICTURES = env_int("MAX_BATCH_PICTURES", 32, minimum=1, maximum=1000)
MAX_BATCH_BYTES = env_int("MAX_BATCH_BYTES", 4 * MAX_UPLOAD_BYTES, minimum=MAX_UPLOAD_BYTES, maximum=2**30)
# How many pictures one task may carry, and how many tasks one process may have under way. With one under
# way per worker, what arrives meanwhile is gathered and travels together.
DISPATCH_BATCH_SIZE = env_int("DISPATCH_BATCH_SIZE", 16, minimum=1, maximum=256)
WORKER_CONCURRENCY = env_int("WORKER_CONCURRENCY", min(4, CORES), minimum=1, maximum=256)
# A claimed submission is left to its worker for this long; then it counts as lost and is tried again.
CLAIM_SECONDS = env_float("CLAIM_SECONDS", 15, minimum=0.1, maximum=3600)
MAX_ATTEMPTS = 3
# A task that takes longer ends its worker, which is started again.
TASK_SECONDS = env_float("TASK_SECONDS", 60, minimum=1, maximum=3600)
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

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": REDIS_KEY_PREFIX,
    # What a killed worker held is found in the database sooner than Redis would hand it out again (docs/adr/0001), so
    # Redis need not be told of each task twice more.
    "ack_emulation": False,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    # Publishing is tried once, within these two seconds: the sweeper tries again.
    "max_retries": 0,
    "socket_keepalive": True,
    # A worker whose host was cut off notices and connects anew; by default that takes the kernel two hours.
    "socket_keepalive_options": {
        getattr(socket, name): seconds
        for name, seconds in {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}.items()
        if hasattr(socket, name)
    },
    "health_check_interval": 25,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# A worker of one process holds one task anyway. With a limit, one whose acknowledgement was lost, because Redis died
# just then, would take none any more.
CELERY_WORKER_PREFETCH_MULTIPLIER = 0
# A child of a prefork worker loads its model before it says that it is up, and one saved by an older release is
# compiled first. After Celery's four seconds a busy machine would kill it, and the next one, for ever.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 120
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "predictions"
# Celery would open the database anew for each task; see digitsite/celery.py.
CELERY_DB_REUSE_MAX = 2**62
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "purge": {"task": "recognizer.purge", "schedule": 3600, "options": {"expires": 3600}},
    "summarise": {"task": "recognizer.summarise", "schedule": 3600, "options": {"expires": 3600}},
}

# --- Webhooks -------------------------------------------------------------------------------------

# Networks inside which a receiver may be nevertheless; and whether one may be told without encryption.
WEBHOOK_ALLOWED_NETWORKS = env_networks("WEBHOOK_ALLOWED_NETWORKS")
WEBHOOK_ALLOW_HTTP = env_bool("WEBHOOK_ALLOW_HTTP", default=False)
# The whole of an attempt: name, connection, answer.
WEBHOOK_TIMEOUT_SECONDS = env_float("WEBHOOK_TIMEOUT_SECONDS", 10, minimum=0.1, maximum=60)
# The wait after the first failure; each further one is four times as long, up to eight hours.
WEBHOOK_RETRY_SECONDS = env_float("WEBHOOK_RETRY_SECONDS", 5, minimum=0.01, maximum=3600)
WEBHOOK_ATTEMPTS = env_int("WEBHOOK_ATTEMPTS", 12, minimum=1, maximum=100)
# Deliveries that ended are forgotten after so many days.
WEBHOOK_KEEP_DAYS = env_int("WEBHOOK_KEEP_DAYS", 30, minimum=1, maximum=3650)

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
# Telegram itself allows about 30 (core.telegram.org/bots/faq).
TELEGRAM_SENDS_PER_SECOND = env_int("TELEGRAM_SENDS_PER_SECOND", 30, minimum=1, maximum=1000)
# A bot that died is replaced by another after this long: it no longer holds the poller's lock and its work.
TELEGRAM_TAKEOVER_SECONDS = env_float("TELEGRAM_TAKEOVER_SECONDS", 10, minimum=2, maximum=300)

# --- HTTP -----------------------------------------------------------------------------------------

# The web server lets this answer plain requests without a thread for each.
EXPRESS = "recognizer.express.Express"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_BATCH_PICTURES

# --- Language, time, files ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fa", "فارسی")]
USE_I18N = True
TIME_ZONE = env_time_zone("TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "digitsite.static_files.StaticFilesStorage"
    },
}

# --- Error tracker (Sentry, or what speaks its protocol) ------------------------------------------

if SENTRY_DSN := env_secret("SENTRY_DSN"):
    tracker.start(SENTRY_DSN)

# --- Logs -----------------------------------------------------------------------------------------

# json: one object a line, for programs that gather logs; line: for people.
LOGGING = logs.logging_settings(
    form=env_choice("LOG_FORMAT", "line", choices=("line", "json")),
    level=env_choice("LOG_LEVEL", "info", choices=("debug", "info", "warning", "error", "critical")).upper(),
    access=env_bool("ACCESS_LOG", default=True),
)
