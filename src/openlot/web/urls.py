"""All addresses of the staff site, from the register of screens."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, include, path, register_converter

from openlot.web.converters import PublicIdConverter
from openlot.web.screens import SCREENS

AREAS = (
    "signin",
    "desk",
    "items",
    "registers",
    "plans",
    "tasks",
    "draws",
    "days",
    "inspections",
    "amendments",
    "results",
    "policies",
    "departments",
    "accounts",
    "requests",
    "trail",
    "published",
    "papers",
    "jobs",
    "privacy",
)

register_converter(PublicIdConverter, "pid")
for area in AREAS:
    import_module(f"openlot.web.{area}.views")

urlpatterns: list[URLPattern | object] = [
    path("i18n/", include("django.conf.urls.i18n")),
    *(path(s.route, s.view, name=s.name) for s in SCREENS.values()),
]
handler400 = "openlot.web.failures.malformed"
handler404 = "openlot.web.failures.not_found"
handler500 = "openlot.web.failures.broken"
