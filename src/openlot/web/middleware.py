"""Who is asking (当前用户), by which session, and what must come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from openlot.accounts.models import User, UserSession
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied
from openlot.rights.access import holds
from openlot.rights.perms import Perm
from openlot.signin.models import EmergencyView
from openlot.signin.selectors import emergency_of, factor_is_forced, over, session_of
from openlot.signin.services import end_emergency, expire, record_page, touch
from openlot.web.keeping import keep
from openlot.web.screens import SCREENS, Screen, StaffRequest, reading_only, refused

PUBLIC = Actor(ref="public", name="")
OPEN_PREFIXES = ("/static/", "/i18n/")
PASSWORD_OLD = "password_old"  # noqa: S105  # the name of a mark in the session
WHILE_READING = {"emergency-end", "sign-out"}

Answer = Callable[[HttpRequest], HttpResponse]


def staff_middleware(get_response: Answer) -> Answer:
    """Give each request its person and session; send strangers to sign in (登录校验)."""

    def middleware(request: StaffRequest) -> HttpResponse:
        sitting = _sitting(request)
        request.sitting, request.emergency = sitting, None
        request.actor = sitting.user.as_actor() if sitting is not None else PUBLIC
        if request.path.startswith(OPEN_PREFIXES):
            return get_response(request)
        screen = _screen(request)
        if screen is not None and screen.anonymous:
            return get_response(request)
        if sitting is None:
            return _to_sign_in(request, screen)
        first = _first(request, sitting)
        if first and not (screen is not None and screen.early):
            return redirect(first)
        if not _polls(request):
            touch(sitting)
        view = _emergency(request, sitting)
        if view is None or (screen is not None and screen.name in WHILE_READING):
            return get_response(request)
        return _read_only(request, view, get_response)

    return middleware  # type: ignore[return-value]  # it makes each request a StaffRequest


def _sitting(request: HttpRequest) -> UserSession | None:
    """Return the live session of the browser; a session that is over is forgotten, with a word."""
    who, key = request.session.get(SESSION_KEY), request.session.session_key
    if who is None or not key:
        return None
    row = session_of(int(who), key)
    why = "unknown" if row is None else over(row)
    if row is not None and not why and _is_theirs(request, row.user):
        request.user = row.user
        return row
    if row is not None and why in ("idle", "absolute"):
        expire(row, why)
    logout(request)
    if row is not None:
        request.session["kept_for"] = row.user_id
    words = {
        "idle": _("较长时间没有操作，为安全起见已退出，请重新登录。"),
        "absolute": _("本次登录已到最长时限，请重新登录。"),
    }
    messages.info(request, words.get(why, _("该会话已被结束，请重新登录。")))
    return None


def _is_theirs(request: HttpRequest, user: User) -> bool:
    """Say whether the account is open and its password is the one the session began with."""
    known = request.session.get(HASH_SESSION_KEY, "")
    return user.is_active and constant_time_compare(known, user.get_session_auth_hash())


def _screen(request: HttpRequest) -> Screen | None:
    try:
        return SCREENS.get(resolve(request.path).url_name or "")
    except Resolver404:
        return None


def _to_sign_in(request: HttpRequest, screen: Screen | None) -> HttpResponse:
    """Send to sign in; what a person whose session ran out has typed waits for that person alone.

    Early screens take passwords and codes, which are never kept.
    """
    keeps = screen is not None and screen.writes and not screen.early
    if request.method == "POST" and keeps and "kept_for" in request.session and _is_ours(request):
        keep(request, "kept_form")
    return redirect(f"/sign-in/?{urlencode({'next': request.get_full_path()})}")


def _is_ours(request: HttpRequest) -> bool:
    """Say whether a form is one of this site's, as the view would ask that is not reached."""

    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    return CsrfViewMiddleware(view).process_view(request, view, (), {}) is None


def _first(request: StaffRequest, sitting: UserSession) -> str:
    """Return the screen that must come before all others, if any."""
    if not sitting.factor and factor_is_forced(request.actor):
        return "my-security"
    return "password" if request.session.get(PASSWORD_OLD) else ""


def _polls(request: HttpRequest) -> bool:
    """Say whether the page itself asks again, which is nobody's activity."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    return "HX-Request" in request.headers and shown.path == request.path and not request.GET


def _emergency(request: StaffRequest, sitting: UserSession) -> EmergencyView | None:
    if not holds(request.actor, Perm.EMERGENCY_ASK):
        return None
    view = emergency_of(sitting)
    if view is not None and view.ends_at is not None and clock.now() >= view.ends_at:
        end_emergency(view, actor=Actor.system("emergency"))
        messages.info(request, _("应急查看时限已到，已自动结束。"))
        return None
    return view


def _read_only(request: StaffRequest, view: EmergencyView, answer: Answer) -> HttpResponse:
    """Show everything and change nothing; the page is written down before it is shown."""
    request.emergency = view
    if request.method not in ("GET", "HEAD"):
        return refused(request, Denied(_("应急查看只能阅读；请先结束应急查看再办理")))
    record_page(view, request.get_full_path(), actor=request.actor)
    request.actor = replace(request.actor, roles=frozenset(), emergency=True)
    with reading_only():
        return answer(request)
