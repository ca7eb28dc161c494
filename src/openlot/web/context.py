"""What every page of the staff site needs (公共内容)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from openlot.web.nav import menu


def staff_context(request: HttpRequest) -> dict[str, Any]:
    """Return the person, the menu and the city's name (页面公共内容)."""
    actor = getattr(request, "actor", None)
    signed_in = actor is not None and actor.user_id is not None
    return {
        "actor": actor if signed_in else None,
        "role_names": [str(r.label) for r in sorted(actor.roles)] if signed_in else [],
        "menu": menu(actor, request.path) if signed_in else [],
        "city": settings.CITY_NAME,
        "portal_url": settings.PORTAL_URL,
        "demo": settings.DEMO,
    }
