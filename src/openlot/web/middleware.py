"""Who is asking (当前用户), and keeping what was typed when a session has run out."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from openlot.accounts.models import User
from openlot.kernel.actor import Actor
from openlot.web.screens import SCREENS

PUBLIC = Actor(ref="public", name="")
OPEN_PREFIXES = ("/static/", "/i18n/")
KEPT_LIMIT = 60_000


def staff_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request its actor and send strangers to the sign-in page (登录校验)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        known = isinstance(user, User)
        request.actor = user.as_actor() if isinstance(user, User) else PUBLIC  # type: ignore[attr-defined]  # set here, read as StaffRequest.actor
        if known or _is_open(request):
            return get_response(request)
        target = redirect(f"/sign-in/?{urlencode({'next': request.get_full_path()})}")
        if request.method == "POST":
            return _keep_form(request, target)
        return target

    return middleware


def _is_open(request: HttpRequest) -> bool:
    if request.path.startswith(OPEN_PREFIXES):
        return True
    try:
        name = resolve(request.path).url_name
    except Resolver404:
        return False
    return name in SCREENS and SCREENS[name].anonymous


def _keep_form(request: HttpRequest, target: HttpResponse) -> HttpResponse:
    """Carry what was typed over the sign-in, signed; files cannot be carried."""
    fields = {k: request.POST.getlist(k) for k in request.POST if k != "csrfmiddlewaretoken"}
    kept = signing.dumps({"path": request.path, "fields": fields}, salt="kept-form", compress=True)
    if len(kept) < KEPT_LIMIT:
        request.session["kept_form"] = kept
    return target
