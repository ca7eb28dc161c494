"""What all ways to run share."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from openlot.settings.env import database, env_int, env_str

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent

DEBUG = False
DEMO = False
CLOCK_MAY_TRAVEL = False
OWNER_MAY_NOT_SERVE = False
SECRET_KEY = env_str("SECRET_KEY", "")
ALLOWED_HOSTS = env_str("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in env_str("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
BASE_URL = env_str("BASE_URL", "http://127.0.0.1:8000")
PORTAL_URL = env_str("PORTAL_URL", "http://127.0.0.1:8001")
SCAN_COMMAND = env_str("SCAN_COMMAND", "")
DATABASE_URL = env_str("DATABASE_URL", f"sqlite:///{ROOT}/var/openlot.sqlite3")
DATABASES = {"default": database(DATABASE_URL)}
FONT_DIRS = [d for d in env_str("FONT_DIRS", "").split(":") if d]
CITY_NAME = env_str("CITY_NAME", "界首市")
CITY_CODE = env_str("CITY_CODE", "341282")
LOG_ORIGIN = env_str("LOG_ORIGIN", f"openlot-{CITY_CODE}/log1")
LOG_KEY_FILE = env_str("LOG_KEY_FILE", "")
LOG_OLD_KEY_FILE = env_str("LOG_OLD_KEY_FILE", "")
LOG_PUBLIC_KEY_FILE = env_str("LOG_PUBLIC_KEY_FILE", "")
WITNESSES = env_str("WITNESSES", "")
LOG_STATE_FILE = env_str("LOG_STATE_FILE", "")
DRILL_DATABASE_URL = env_str("DRILL_DATABASE_URL", "")
PROXIES = env_int("PROXIES", 0)
UPLOAD_LIMIT = 64 * 1024 * 1024

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "openlot.trail",
    "openlot.jobs",
    "openlot.privacy",
    "openlot.accounts",
    "openlot.policies",
    "openlot.items",
    "openlot.registers",
    "openlot.plans",
    "openlot.tasks",
    "openlot.draws",
    "openlot.drawing_days",
    "openlot.inspections",
    "openlot.results",
    "openlot.publication",
    "openlot.signin",
    "openlot.ops",
    "openlot.web",
]
MIDDLEWARE = [
    "openlot.kernel.headers.header_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "openlot.web.uploads.upload_guard",
    "openlot.kernel.words.words_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "openlot.web.middleware.staff_middleware",
]
ROOT_URLCONF = "openlot.web.urls"
WSGI_APPLICATION = "openlot.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "openlot.web.context.staff_context",
            ],
        },
    }
]
TASKS = {
    "default": {
        "BACKEND": "openlot.jobs.backend.TableBackend",
        "QUEUES": ["default", "steps"],
    }
}
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["openlot.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/sign-in/"
# Of allauth only its second factors are used: no sign-up, no mail, no limits beside our own.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "openlot.signin.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "OpenLot"
MFA_RATE_LIMITS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "openlot.web.failures.forged"
NO_STORE = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_LIMIT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "openlot.settings.formats"

STATIC_URL = "static/"
STATICFILES_DIRS = [("vendor", ROOT / "build" / "vendor")]
STATIC_ROOT = ROOT / "build" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# Django by itself tells of a failure nowhere but on a developer's screen or by mail.
LIVE_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "openlot.kernel.traces.Plain",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
