"""Tests: the database of DATABASE_URL, or SQLite in memory."""

from openlot.settings.base import *  # noqa: F403  # settings modules extend each other by name
from openlot.settings.env import database, env_str

SECRET_KEY = "test-only-not-secret"  # noqa: S105  # never leaves a test run
CLOCK_MAY_TRAVEL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # a demo has no certificate
DEMO = True
DATABASES = {"default": database(env_str("DATABASE_URL", "sqlite:///:memory:"))}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATICFILES_DIRS = []
