"""Settings. What an operator may change comes from the environment (docs/reference/settings.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.schedules import crontab

from probity.core import env
from probity.core.launch.databases import django_settings, resolve

HERE = Path(__file__).resolve().parent
HOME = env.home()

# --- who serves -------------------------------------------------------------------------------
SECRET_KEY = env.secret("PROBITY_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.words("PROBITY_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("PROBITY_ORIGINS")
PUBLIC_URL = env.text("PROBITY_PUBLIC_URL")
BEHIND_TLS = env.flag("PROBITY_TLS")

ROOT_URLCONF = "probity.urls"
WSGI_APPLICATION = "probity.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "probity.core",
    "probity.audit",
    "probity.accounts",
    "probity.outbox",
    "probity.evidence",
    "probity.matching",
    "probity.analysis",
    "probity.cases",
    "probity.alerts",
    "probity.decisions",
    "probity.credentials",
    "probity.bundles",
    "probity.keeping",
    "probity.workflow",
    "probity.web",
    "probity.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "probity.web.middleware.RefusalMiddleware",
    "probity.web.middleware.PasswordChangeMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "probity.web.context.chrome",
            ],
        },
    },
]

# --- the database: the application's role serves, the owner's migrates -------------------------
DATABASE_URLS = resolve()
DATABASES = {"default": django_settings(DATABASE_URLS.app)}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}

# --- people -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "probity_session"
CSRF_COOKIE_NAME = "probity_csrf"
CSRF_FAILURE_VIEW = "probity.web.problems.csrf_failed"

# --- the browser's walls ----------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# --- files ------------------------------------------------------------------------------------
INCOMING = env.state_folder("incoming")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "evidence": {
        "BACKEND": env.text(
            "PROBITY_EVIDENCE_STORAGE", "probity.evidence.storage.ContentAddressedStorage"
        ),
        "OPTIONS": {"location": str(env.state_folder("evidence"))}
        if not env.text("PROBITY_EVIDENCE_STORAGE")
        else {},
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = env.state_folder("static")
# the player of the case page and of the pages that `probity detect` writes are the same modules
STATICFILES_DIRS = [("timeline", env.package_folder("detectors") / "timeline" / "assets")]
WHITENOISE_USE_FINDERS = True
FILE_UPLOAD_HANDLERS = ["probity.evidence.uploads.HashingUploadHandler"]
UPLOAD_MAX_BYTES = env.number("PROBITY_UPLOAD_MAX_MB", 512) * 1024 * 1024
# all files of one request together; each alone is bounded by the former
REQUEST_MAX_BYTES = 2 * UPLOAD_MAX_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 51

# --- work -------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
BROKER_DIR = Path(env.text("PROBITY_BROKER_DIR") or env.state_folder("broker"))
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 3, "socket_connect_timeout": 2}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.05,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "leases": {"task": "probity.sweep_leases", "schedule": 15.0},
    "claims": {"task": "probity.sweep_claims", "schedule": 60.0},
    "clocks": {"task": "probity.sweep_clocks", "schedule": 30.0},
    "fixity": {"task": "probity.fixity", "schedule": 3600.0},
    "exports": {"task": "probity.exports", "schedule": 10.0},
    "orphans": {"task": "probity.sweep_orphans", "schedule": 300.0},
    "desk": {"task": "probity.desk", "schedule": 5.0},
    "checks": {"task": "probity.sweep_checks", "schedule": 60.0},
    "outbox": {"task": "probity.outbox", "schedule": 5.0},
    "alerts": {"task": "probity.alerts", "schedule": 20.0},
}
JOB_LEASE_SECONDS = env.number("PROBITY_JOB_LEASE_SECONDS", 30)
JOB_MAX_ATTEMPTS = 3
JOB_LOOK_SECONDS = 3.0
CLAIM_LEASE_MINUTES = env.number("PROBITY_CLAIM_LEASE_MINUTES", 30)
ORPHAN_AGE_SECONDS = env.number("PROBITY_ORPHAN_AGE_SECONDS", 3600)

# --- the desk's own settings ------------------------------------------------------------------
SEAL_CATEGORIES = env.words("PROBITY_SEAL_CATEGORIES")
SERVICE_FACTS = env.facts("PROBITY_SERVICE_FACTS")
SERVED_PLACES = env.words("PROBITY_SERVED_PLACES")
REPORT_RATE = env.text("PROBITY_REPORT_RATE", "120/hour")
API_RATE = env.text("PROBITY_API_RATE", "6000/minute")
SIGN_IN_RATE = env.text("PROBITY_SIGN_IN_RATE", "20/minute")
CHECK_RATE = env.text("PROBITY_CHECK_RATE", "60/hour")
CHECK_SLOTS = env.number("PROBITY_CHECK_SLOTS", 2)
CHECK_MINUTES = env.number("PROBITY_CHECK_MINUTES", 60)
CHECK_KEPT_DAYS = env.number("PROBITY_CHECK_KEPT_DAYS", 30)
PLATFORM_NAME = env.text("PROBITY_PLATFORM_NAME", "this platform")

SIGNING_DIR = env.text("PROBITY_SIGNING_DIR") or str(env.state_folder("creators"))
SIGNING_TIME_STAMP_URL = env.text("PROBITY_SIGNING_TIME_STAMP_URL")
WATERMARK_KEY = env.text("PROBITY_WATERMARK_KEY") or str(env.state_folder("secrets") / "watermark")

# --- what leaves -------------------------------------------------------------------------------
OUTBOX_SECRET = env.secret("PROBITY_OUTBOX_KEY")
OUTBOX_ATTEMPTS = env.number("PROBITY_OUTBOX_ATTEMPTS", 10)
OUTBOX_TURN_SECONDS = 15.0
WEBHOOK_SECONDS = env.number("PROBITY_WEBHOOK_SECONDS", 10)
WEBHOOK_PRIVATE = env.words("PROBITY_WEBHOOK_PRIVATE")
OUTBOX_LEASE_SECONDS = max(120, 4 * WEBHOOK_SECONDS)
MAIL_FROM = env.text("PROBITY_MAIL_FROM", "Probity <probity@localhost>")
EMAIL_HOST = env.text("PROBITY_MAIL_HOST")
EMAIL_FILE_PATH = env.text("PROBITY_MAIL_FOLDER")
MAIL_WAY = "smtp" if EMAIL_HOST else "filebased" if EMAIL_FILE_PATH else "console"
EMAIL_BACKEND = f"django.core.mail.backends.{MAIL_WAY}.EmailBackend"
EMAIL_PORT = env.number("PROBITY_MAIL_PORT", 587)
EMAIL_HOST_USER = env.text("PROBITY_MAIL_USER")
EMAIL_HOST_PASSWORD = env.text("PROBITY_MAIL_PASSWORD")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = env.flag("PROBITY_MAIL_STARTTLS", default=True) and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 15
CONFIRM_HOURS = env.number("PROBITY_CONFIRM_HOURS", 72)
DIGEST_HOUR = env.number("PROBITY_DIGEST_HOUR", 7) % 24
ALERT_RATE = env.text("PROBITY_ALERT_RATE", "10/hour")

# --- known copies -----------------------------------------------------------------------------
MATCH_RADIUS = env.number("PROBITY_MATCH_RADIUS", 31)
MATCH_FLOOD = env.number("PROBITY_MATCH_FLOOD", 1000)
FOUR_EYES_ACTIONS = env.words("PROBITY_FOUR_EYES_ACTIONS", "remove,suspend,restrict")
EXCHANGES = env.text("PROBITY_EXCHANGES")
CELERY_BEAT_SCHEDULE["entries"] = {"task": "probity.match_entries", "schedule": 10.0}

# --- the record -------------------------------------------------------------------------------
CHECKPOINT_SECRET = env.secret("PROBITY_CHECKPOINT_KEY")
LOG_NAME = env.text("PROBITY_LOG_NAME")
CHECKPOINT_DIR = Path(env.text("PROBITY_CHECKPOINT_DIR") or env.state_folder("checkpoints"))
CHECKPOINT_HOOK = env.text("PROBITY_CHECKPOINT_HOOK")
ERASURE_LEDGER = Path(
    env.text("PROBITY_ERASURE_LEDGER") or CHECKPOINT_DIR.with_name("erasures.jsonl")
)
RETENTION_HOUR = env.number("PROBITY_RETENTION_HOUR", 2) % 24
CELERY_BEAT_SCHEDULE["erasures"] = {"task": "probity.erasures", "schedule": 60.0}
CELERY_BEAT_SCHEDULE["retention"] = {
    "task": "probity.retention",
    "schedule": crontab(hour=str(RETENTION_HOUR), minute="15"),
}
CELERY_BEAT_SCHEDULE["checkpoint"] = {
    "task": "probity.checkpoint",
    "schedule": float(env.number("PROBITY_CHECKPOINT_SECONDS", 60)),
}
PDF_KEY = env.text("PROBITY_PDF_KEY")
PDF_KEY_PASSPHRASE = env.text("PROBITY_PDF_KEY_PASSPHRASE")
TIME_STAMP_AUTHORITIES = env.words("PROBITY_TIME_STAMP_AUTHORITIES")

# --- the API ----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["probity.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["probity.api.permissions.HasScope"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "probity.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Probity",
    "DESCRIPTION": "Reports become cases; people decide; every step is on the record.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# --- language, time, logs ---------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "probity.core.logs.RedactingFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("PROBITY_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
