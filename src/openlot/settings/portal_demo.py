"""The public portal of the demo city."""

from openlot.settings.demo import DATABASE_URL
from openlot.settings.env import database, env_str
from openlot.settings.portal_base import *  # noqa: F403  # settings modules extend each other

DEMO = True
ALLOWED_HOSTS = ["*"]
SECRET_KEY = env_str("SECRET_KEY", "demo-only-not-secret")
DATABASES = {"default": database(DATABASE_URL, read_only=True)}
