"""What every page of the staff site needs (公共内容)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from openlot.kernel.actor import Actor
from openlot.kernel.marks import listed
from openlot.web.nav import menu


def staff_context(request: HttpRequest) -> dict[str, Any]:
    """Return the person, the menu and the city's name (页面公共内容)."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None and actor.user_id is None:
        actor = None
    return {
        "actor": actor,
        "role_names": listed(r.label for r in sorted(actor.roles)) if actor else "",
        "menu": menu(actor, request.path) if actor else [],
        "city": settings.CITY_NAME,
        "portal_url": settings.PORTAL_URL,
        "demo": settings.DEMO,
        "emergency": getattr(request, "emergency", None),
    }
