"""From where somebody signs in (设备与地址): the browser's own name for itself, its address."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

COOKIE = "openlot_device"
COOKIE_AGE = 400 * 86_400
_BROWSERS = (
    ("WeChat", r"MicroMessenger"),
    ("360", r"QIHU|360SE|360EE"),
    ("Edge", r"Edg/"),
    ("Firefox", r"Firefox/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux"),
)


def address_of(request: HttpRequest) -> str:
    """Return the address that asks (来源地址): behind proxies of ours, what the outermost one saw."""
    seen = [p.strip() for p in request.headers.get("X-Forwarded-For", "").split(",") if p.strip()]
    if settings.PROXIES and len(seen) >= settings.PROXIES:
        with suppress(ValueError):
            return str(ip_address(seen[-settings.PROXIES].partition("%")[0]))
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def agent_of(request: HttpRequest) -> str:
    """Return the device in two words (设备说明), e.g. ``Chrome · Windows``."""
    said = request.headers.get("User-Agent", "")
    found = [_first(said, rows) for rows in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or str(_("未知设备"))


def device_of(request: HttpRequest) -> str:
    """Return the random name that this browser keeps (设备标识), a new one where it has none."""
    kept = request.COOKIES.get(COOKIE, "")
    return kept if re.fullmatch(r"[\w-]{43}", kept) else secrets.token_urlsafe(32)


def remember(answer: HttpResponse, device: str) -> HttpResponse:
    """Let the browser keep its name (记住设备标识)."""
    answer.set_cookie(
        COOKIE,
        device,
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _first(said: str, rows: tuple[tuple[str, str], ...]) -> str:
    return next((name for name, sign in rows if re.search(sign, said)), "")
