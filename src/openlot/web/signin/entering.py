"""Beginning a session (进入平台): new keys, the device remembered, what waited carried on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from openlot.accounts.models import User
from openlot.accounts.services import record_sign_in
from openlot.kernel import clock
from openlot.signin.selectors import own_sessions, password_is_old
from openlot.signin.services import begin_session, end_session
from openlot.web.middleware import PASSWORD_OLD
from openlot.web.signin.device import address_of, agent_of, device_of, remember

BACKEND = "openlot.accounts.backends.PasswordBackend"


def begin_second(request: HttpRequest, user: User, target: str) -> None:
    """Keep for the second step (第二步核验) whose password was right, and that it was this one."""
    request.session["pending"] = {
        "user": user.pk,
        "word": user.get_session_auth_hash(),
        "at": clock.now().isoformat(),
        "next": target,
    }


def enter(
    request: HttpRequest, user: User, *, method: str, factor: str, target: str
) -> HttpResponse:
    """Sign ``user`` in (登录) and lead to where the person wanted to go.

    method    password, demo or invitation
    factor    totp, recovery, passkey or demo; empty where the password alone was asked
    """
    kept = request.session.get("kept_form", "")
    theirs = request.session.get("kept_for") == user.pk
    last = own_sessions(user).first()
    before = getattr(request, "sitting", None)
    if before is not None:
        end_session(before.user, before.public_id, why="signed_out")
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session["entered"] = method
    device = device_of(request)
    begin_session(
        user,
        key=request.session.session_key or "",
        device=device,
        agent=agent_of(request),
        address=address_of(request),
        factor=factor,
        proved=method != "demo",
    )
    record_sign_in(user, method=method, address=address_of(request))
    if method == "password" and password_is_old(user):
        request.session[PASSWORD_OLD] = True
    if last is not None and method != "demo":
        told = {"at": clock.local(last.seen_at).strftime("%Y-%m-%d %H:%M"), "agent": last.agent}
        messages.info(request, _("上次使用：%(at)s，%(agent)s；如非本人，请立即修改口令。") % told)
    if kept and theirs:
        request.session["kept_form"] = kept
        return remember(redirect("kept-form"), device)
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return remember(redirect(target if safe else "desk"), device)
