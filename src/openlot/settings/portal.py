"""A live public portal behind TLS."""

from openlot.settings.base import DATABASE_URL
from openlot.settings.env import database, env_str
from openlot.settings.portal_base import *  # noqa: F403  # settings modules extend each other

SECRET_KEY = env_str("SECRET_KEY")
DATABASES = {"default": database(DATABASE_URL, read_only=True)}
OWNER_MAY_NOT_SERVE = True
