"""The demo city: one-click sign-in, a clock that the main job may set, its own database."""

from openlot.settings.base import *  # noqa: F403  # settings modules extend each other by name
from openlot.settings.base import ROOT
from openlot.settings.env import database, env_str

DEMO = True
CLOCK_MAY_TRAVEL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # a demo has no certificate
SECRET_KEY = env_str("SECRET_KEY", "demo-only-not-secret")
ALLOWED_HOSTS = ["*"]
DATABASE_URL = env_str("DATABASE_URL", f"sqlite:///{ROOT}/var/demo.sqlite3")
DATABASES = {"default": database(DATABASE_URL)}
_BESIDE = (
    DATABASE_URL.removeprefix("sqlite:///") if "sqlite" in DATABASE_URL else f"{ROOT}/var/demo"
)
LOG_KEY_FILE = env_str("LOG_KEY_FILE", f"{_BESIDE}.log-key")
LOG_PUBLIC_KEY_FILE = f"{LOG_KEY_FILE}.pub"
