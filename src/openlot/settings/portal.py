"""A live public portal behind TLS."""

from openlot.settings.base import DATABASE_URL, LIVE_LOGGING
from openlot.settings.env import database, env_str
from openlot.settings.portal_base import *  # noqa: F403  # settings modules extend each other

SECRET_KEY = env_str("SECRET_KEY")
DATABASES = {"default": database(DATABASE_URL, read_only=True)}
LOGGING = LIVE_LOGGING
OWNER_MAY_NOT_SERVE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
