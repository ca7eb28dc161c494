"""What every answer of either site tells the browser beside its content policy."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

_UNUSED = (
    "accelerometer autoplay camera display-capture geolocation gyroscope magnetometer microphone"
)
_RARE = "midi payment picture-in-picture usb xr-spatial-tracking"
FIXED = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in f"{_UNUSED} {_RARE}".split()),
    "Cross-Origin-Resource-Policy": "same-origin",
}


def header_middleware(get_response: Answer) -> Answer:
    """Add the fixed headers (安全响应头); pages that only some may read are never stored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if settings.NO_STORE:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
