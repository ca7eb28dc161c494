"""The public portal of the demo city."""

from openlot.settings import demo
from openlot.settings.env import database
from openlot.settings.portal_base import *  # noqa: F403  # settings modules extend each other

DEMO = True
ALLOWED_HOSTS = ["*"]
SECRET_KEY = demo.SECRET_KEY
DATABASE_URL = demo.DATABASE_URL
DATABASES = {"default": database(DATABASE_URL, read_only=True)}
LOG_PUBLIC_KEY_FILE = demo.LOG_PUBLIC_KEY_FILE
