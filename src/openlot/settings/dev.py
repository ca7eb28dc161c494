"""Development: SQLite under var/, pages that explain errors."""

from openlot.settings.base import *  # noqa: F403  # settings modules extend each other by name

DEBUG = True
SECRET_KEY = "dev-only-not-secret"  # noqa: S105  # never leaves a developer's machine
