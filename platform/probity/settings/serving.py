"""Who serves, with which rooms, on which database; the walls of the browser; language and logs."""

from __future__ import annotations

from pathlib import Path

from probity.core import env
from probity.core.launch.databases import django_settings, resolve

HOME = env.home()

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
    "probity.care",
    "probity.parties",
    "probity.cases",
    "probity.search",
    "probity.alerts",
    "probity.decisions",
    "probity.notices",
    "probity.contests",
    "probity.quality",
    "probity.credentials",
    "probity.bundles",
    "probity.keeping",
    "probity.bulk",
    "probity.workflow",
    "probity.web",
    "probity.api",
    # behind our own rooms, so that a template of ours goes before theirs
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "probity.web.language.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "probity.web.middleware.RefusalMiddleware",
    "probity.web.accounts.middleware.SessionMiddleware",
    "probity.web.middleware.PasswordChangeMiddleware",
    "probity.web.accounts.middleware.SecondFactorMiddleware",
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

# the application's role serves, the owner's migrates
DATABASE_URLS = resolve()
DATABASES = {"default": django_settings(DATABASE_URLS.app)}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
# off where a pooler stands before PostgreSQL that cannot keep them
PREPARED_STATEMENTS = env.flag("PROBITY_PREPARED_STATEMENTS", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}

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

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_COOKIE_NAME = "probity_language"
LANGUAGE_COOKIE_SECURE = BEHIND_TLS
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "locale"]
USE_I18N = True
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
