"""How people sign in, and for how long."""

from __future__ import annotations

from probity.core import env, sign_on

from .serving import ALLOWED_HOSTS, BEHIND_TLS

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
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "probity_session"
CSRF_COOKIE_NAME = "probity_csrf"
CSRF_FAILURE_VIEW = "probity.web.unsent.token_refused"
# serving nobody but this computer: a second factor is then a choice
LOCAL_ONLY = not BEHIND_TLS and set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}
REQUIRE_MFA = env.flag("PROBITY_REQUIRE_MFA", default=not LOCAL_ONLY)
SESSION_HOURS = env.number("PROBITY_SESSION_HOURS", 12)
SESSION_IDLE_MINUTES = env.number("PROBITY_SESSION_IDLE_MINUTES", 120)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
CONFIRM_MINUTES = env.number("PROBITY_CONFIRM_MINUTES", 15)
TOKEN_DAYS = env.number("PROBITY_TOKEN_DAYS", 90)
TOKEN_MAX_DAYS = env.number("PROBITY_TOKEN_MAX_DAYS", 365)
BREAK_GLASS_HOURS = env.number("PROBITY_BREAK_GLASS_HOURS", 8)
ACCOUNT_ADAPTER = "probity.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
MFA_ADAPTER = "probity.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Probity"
MFA_TOTP_TOLERANCE = 1
# how people of the operator's own directory come in
SIGN_ON_NEW_PEOPLE = env.flag("PROBITY_SIGN_ON_NEW_PEOPLE")
SIGN_ON_SECOND_FACTOR = env.flag("PROBITY_SIGN_ON_SECOND_FACTOR")
SIGN_ON_GROUPS = env.text("PROBITY_SIGN_ON_GROUPS", "groups")
SIGN_ON_NAME = env.text("PROBITY_SIGN_ON_NAME", "email")
SIGN_ON_ROLES = sign_on.role_map(env.words("PROBITY_SIGN_ON_ROLES"))
SIGN_ON_QUEUES = sign_on.queue_map(env.words("PROBITY_SIGN_ON_QUEUES"))
SOCIALACCOUNT_ADAPTER = "probity.accounts.adapters.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = sign_on.providers(
    oidc=sign_on.Oidc(
        url=env.text("PROBITY_OIDC_URL"),
        client=env.text("PROBITY_OIDC_CLIENT"),
        secret=env.text("PROBITY_OIDC_SECRET"),
        title=env.text("PROBITY_OIDC_TITLE", "your organisation"),
    ),
    saml=sign_on.Saml(
        entity=env.text("PROBITY_SAML_ENTITY"),
        url=env.text("PROBITY_SAML_URL"),
        certificate=env.text("PROBITY_SAML_CERTIFICATE"),
        title=env.text("PROBITY_SAML_TITLE", "your organisation"),
    ),
)
# Our policy for forms would stop a form's way on to the service; a link is none. The answer counts
# only in the session that asked, so that nobody can be signed in by somebody else's link.
SOCIALACCOUNT_LOGIN_ON_GET = True
