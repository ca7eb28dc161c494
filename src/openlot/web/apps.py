"""The staff site as an app; it refuses to start with the demo's conveniences elsewhere."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DEMO_SETTINGS = ("openlot.settings.demo", "openlot.settings.test")


class WebConfig(AppConfig):
    """The staff site (工作平台)."""

    name = "openlot.web"

    def ready(self) -> None:
        """Refuse to start where one click would sign anybody in, or the clock could be set."""
        if settings.SETTINGS_MODULE in DEMO_SETTINGS:
            return
        for name in ("DEMO", "CLOCK_MAY_TRAVEL"):
            if getattr(settings, name):
                raise ImproperlyConfigured(
                    f"{name} is for the demo only: {settings.SETTINGS_MODULE} must not set it"
                )
