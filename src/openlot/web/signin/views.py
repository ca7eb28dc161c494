"""Signing in (登录), and in the demo one click per role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.accounts.services import record_sign_in, record_sign_out
from openlot.kernel.errors import NotFound
from openlot.web.forms import StaffForm
from openlot.web.screens import screen
from openlot.web.signin.people import demo_homes

BACKEND = "openlot.accounts.backends.PasswordBackend"


class SignInForm(StaffForm):
    """Account and password (账号口令)."""

    username = forms.CharField(label=_("账号"), max_length=40)
    password = forms.CharField(
        label=_("口令"), widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


@screen("", name="root", anonymous=True)
def root(request: HttpRequest) -> HttpResponse:
    """Lead to the desk (首页)."""
    return redirect("desk")


@screen("sign-in/", name="sign-in", anonymous=True, writes=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page, and sign in (登录)."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            return _enter(request, user, "password")
        form.add_error(None, _("账号或口令不正确"))
    homes = demo_homes() if settings.DEMO else []
    context = {"form": form, "homes": homes, "next": request.GET.get("next", "")}
    return render(request, "web/sign_in.html", context)


@screen("sign-in/demo/", name="sign-in-demo", anonymous=True, writes=True)
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as somebody of the demo city (演示登录)."""
    user = User.objects.filter(username=request.POST.get("username", ""), is_active=True).first()
    if not settings.DEMO or user is None:
        raise NotFound
    return _enter(request, user, "demo")


@screen("sign-out/", name="sign-out", anonymous=True, writes=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out (退出)."""
    if request.method == "POST" and isinstance(request.user, User):
        record_sign_out(request.user)
        logout(request)
    return redirect("sign-in")


@screen("kept/", name="kept-form", anonymous=True)
def kept_form(request: HttpRequest) -> HttpResponse:
    """Show again what was typed when the session ran out (恢复未提交的内容)."""
    kept = request.session.pop("kept_form", "")
    if not kept or not isinstance(request.user, User):
        return redirect("desk")
    found: dict[str, Any] = signing.loads(kept, salt="kept-form", max_age=86_400)
    return render(request, "web/kept.html", {"kept": found})


def _enter(request: HttpRequest, user: User, method: str) -> HttpResponse:
    kept = request.session.get("kept_form", "")
    target = request.POST.get("next", "")
    login(request, user, backend=BACKEND)
    record_sign_in(user, method=method, address=str(request.META.get("REMOTE_ADDR", "")))
    if kept:
        request.session["kept_form"] = kept
        return redirect("kept-form")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect("desk")
