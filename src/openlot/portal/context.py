"""What every page of the portal needs (公共内容)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from openlot.publication.models import PublicRecord


def portal_context(request: HttpRequest) -> dict[str, object]:
    """Return the city's name and the kinds of records (页面公共内容)."""
    return {
        "city": settings.CITY_NAME,
        "kinds": [(k, label) for k, label in PublicRecord.Kind.choices],
        "demo": settings.DEMO,
    }
