"""Signing in (登录): password, second step, and in the demo one click per role."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.accounts.services import record_sign_out
from openlot.kernel import clock
from openlot.kernel.errors import NotFound
from openlot.signin.selectors import has_factor
from openlot.signin.services import HeldUp, check_password, end_session
from openlot.web.forms import StaffForm
from openlot.web.keeping import take
from openlot.web.screens import screen
from openlot.web.signin import confirming as _confirming  # noqa: F401  # registers its screens
from openlot.web.signin import emergency as _emergency  # noqa: F401  # registers its screens
from openlot.web.signin import invitations as _invitations  # noqa: F401  # registers its screen
from openlot.web.signin import mine as _mine  # noqa: F401  # registers its screens
from openlot.web.signin import security as _security  # noqa: F401  # registers its screens
from openlot.web.signin.device import address_of
from openlot.web.signin.entering import begin_second, enter
from openlot.web.signin.kept import typed
from openlot.web.signin.people import demo_homes
from openlot.web.signin.proof import prove, question, ways_of

PENDING_FOR = timedelta(minutes=10)


class SignInForm(StaffForm):
    """Account and password (账号口令)."""

    username = forms.CharField(
        label=_("账号"), max_length=40, widget=forms.TextInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("口令"),
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


@screen("", name="root", anonymous=True)
def root(request: HttpRequest) -> HttpResponse:
    """Lead to the desk (首页)."""
    return redirect("desk")


@screen("sign-in/", name="sign-in", anonymous=True, writes=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page, and check a password (登录)."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    target, status = request.POST.get("next", request.GET.get("next", "")), 200
    if request.method == "POST" and form.is_valid():
        try:
            user = check_password(**form.cleaned_data, address=address_of(request))
            if user is not None:
                return _after_password(request, user, target)
            form.add_error(None, _("账号或口令不正确"))
        except HeldUp as error:
            form.add_error(None, error.message)
            status = error.status
    homes = demo_homes() if settings.DEMO else []
    context = {"form": form, "homes": homes, "next": target}
    return render(request, "web/sign_in.html", context, status=status)


def _after_password(request: HttpRequest, user: User, target: str) -> HttpResponse:
    if not has_factor(user):
        return enter(request, user, method="password", factor="", target=target)
    begin_second(request, user, target)
    return redirect("sign-in-second")


@screen("sign-in/second/", name="sign-in-second", anonymous=True, writes=True)
def second(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor (第二步核验) of whoever has just typed the password."""
    user, target = _pending(request)
    if user is None:
        return redirect("sign-in")
    ways = ways_of(request, user)
    form = ways.form(request.POST if request.method == "POST" else None)
    factor = prove(request, user, ways, form) if request.method == "POST" else None
    if factor is not None:
        request.session.pop("pending", None)
        return enter(request, user, method="password", factor=factor, target=target)
    context = {"form": form, "ways": ways, "question": question(ways, user), "second": True}
    return render(request, "web/prove.html", context)


def _pending(request: HttpRequest) -> tuple[User | None, str]:
    kept = request.session.get("pending")
    if not kept or clock.now() - datetime.fromisoformat(kept["at"]) > PENDING_FOR:
        return None, ""
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["word"], user.get_session_auth_hash()):
        return None, ""
    return user, kept["next"]


@screen("sign-in/demo/", name="sign-in-demo", anonymous=True, writes=True)
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as somebody of the demo city (演示登录)."""
    user = User.objects.filter(username=request.POST.get("username", ""), is_active=True).first()
    if not settings.DEMO or user is None:
        raise NotFound
    return enter(request, user, method="demo", factor="demo", target=request.POST.get("next", ""))


@screen("sign-out/", name="sign-out", anonymous=True, writes=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out (退出): the session ends, and the browser forgets the pages."""
    answer = redirect("sign-in")
    sitting = getattr(request, "sitting", None)
    if request.method == "POST" and sitting is not None:
        record_sign_out(sitting.user)
        end_session(sitting.user, sitting.public_id, why="signed_out")
        logout(request)
        answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@screen("kept/", name="kept-form", anonymous=True)
def kept_form(request: HttpRequest) -> HttpResponse:
    """Show again what was typed when the session ran out (恢复未提交的内容)."""
    if getattr(request, "sitting", None) is None:
        return redirect("desk")
    kept = take(request, "kept_form")
    if kept is None:
        return redirect("desk")
    told, more = typed(kept.fields)
    return render(request, "web/kept.html", {"kept": kept, "told": told, "more": more})
