"""A live staff site behind TLS."""

from openlot.settings.base import *  # noqa: F403  # settings modules extend each other by name
from openlot.settings.base import LIVE_LOGGING, STORAGES
from openlot.settings.env import database, env_int, env_str

SECRET_KEY = env_str("SECRET_KEY")
DATABASES = {"default": database(env_str("DATABASE_URL"))}
LOG_KEY_FILE = env_str("LOG_KEY_FILE")
LOGGING = LIVE_LOGGING
PROXIES = env_int("PROXIES", 1)  # TLS ends before us; else the whole city were one address
OWNER_MAY_NOT_SERVE = True
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-openlot"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
