"""The safety of one's own account (账号安全): factors, password, devices."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User, UserSession
from openlot.kernel.errors import NotFound
from openlot.rights.perms import Perm
from openlot.signin.selectors import (
    factor_is_forced,
    factors,
    has_factor,
    own_sessions,
    password_rule,
)
from openlot.signin.services import (
    accept_invitation,
    add_passkey,
    add_totp,
    change_password,
    confirm_session,
    drop_factor,
    end_others,
    end_session,
    invited,
    new_codes,
    rekey,
)
from openlot.signin.services.passwords import rule_words
from openlot.web.forms import StaffForm, submit, whole
from openlot.web.middleware import PASSWORD_OLD
from openlot.web.page import Page, href, qr_picture
from openlot.web.screens import StaffRequest, screen
from openlot.web.signin.device import address_of
from openlot.web.signin.entering import begin_second, enter
from openlot.web.signin.proof import answer_of

NEW = {"autocomplete": "new-password"}


def sitting_of(request: StaffRequest) -> UserSession:
    """Return the session of the request (当前会话)."""
    if request.sitting is None:
        raise NotFound
    return request.sitting


@screen("my/security/", name="my-security", perm=Perm.DESK_VIEW, early=True)
def my_security(request: StaffRequest) -> HttpResponse:
    """Show one's factors, password and devices (账号安全)."""
    sitting = sitting_of(request)
    user, rows = sitting.user, list(factors(sitting.user))
    page = Page(title=_("账号安全"))
    if not rows and factor_is_forced(request.actor):
        page.notices.append(("error" if not sitting.factor else "info", FORCED))
    codes = Authenticator.objects.filter(user=user, type="recovery_codes").first()
    devices = own_sessions(user)[:50]
    return page.show(
        request,
        "web/my_security.html",
        rows=rows,
        has_totp=any(row.type == "totp" for row in rows),
        n_codes=len(codes.wrap().get_unused_codes()) if codes is not None else 0,
        sessions=devices,
        has_others=any(row.is_live for row in devices if row.pk != sitting.pk),
        sitting=sitting,
        has_password=user.has_usable_password(),
    )


FORCED = _(
    "您的角色可以封存、抽取、公示或者管理账号，须先启用第二认证因子（动态口令或通行密钥），"
    "启用之前不能办理业务。"
)


class TotpForm(StaffForm):
    """The code that the phone shows (动态口令)."""

    code = forms.CharField(
        label=_("手机上显示的 6 位动态口令"),
        max_length=8,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@screen(
    "my/security/code/",
    name="my-totp",
    perm=Perm.DESK_VIEW,
    writes=True,
    early=True,
    step_up=_("启用动态口令"),
    ask_first=True,
)
def my_totp(request: StaffRequest) -> HttpResponse:
    """Set up one-time codes (启用动态口令) with a phone."""
    sitting = sitting_of(request)
    user, secret = (
        sitting.user,
        get_totp_secret(regenerate=SECRET_SESSION_KEY not in request.session),
    )
    form = TotpForm(request.POST or None)

    def add(values: dict[str, Any]) -> list[str]:
        return add_totp(user, secret=secret, address=address_of(request), **values)

    made = submit(form, add) if request.method == "POST" else None
    if made is not None:
        clear_totp_secret(request)
        return _added(request, sitting, made, "totp")
    address = get_adapter().build_totp_url(user, secret)
    return Page(title=_("启用动态口令"), crumbs=CRUMBS).show(
        request,
        "web/my_totp.html",
        form=form,
        code=qr_picture(address),
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
    )


CRUMBS = ((_("账号安全"), "/my/security/"),)


class PasskeyForm(StaffForm):
    """A passkey that the browser has made (通行密钥)."""

    name = forms.CharField(label=_("为这把通行密钥起个名字"), max_length=40, initial=_("办公电脑"))
    passkey = forms.CharField(widget=forms.HiddenInput, max_length=20_000, required=False)

    def clean_passkey(self) -> dict[str, Any]:
        """Return what the browser made."""
        made = answer_of(self.cleaned_data["passkey"])
        if made is None:
            raise forms.ValidationError(_("浏览器没有登记成功，请重试"))
        return made


@screen(
    "my/security/passkey/",
    name="my-passkey",
    perm=Perm.DESK_VIEW,
    writes=True,
    early=True,
    step_up=_("启用通行密钥"),
    ask_first=True,
)
def my_passkey(request: StaffRequest) -> HttpResponse:
    """Set up a passkey (启用通行密钥): a fingerprint, a face or a key of this device."""
    sitting = sitting_of(request)
    form = PasskeyForm(request.POST or None)

    def add(values: dict[str, Any]) -> list[str]:
        return add_passkey(sitting.user, name=values["name"], credential=values["passkey"])

    made = submit(form, add) if request.method == "POST" else None
    if made is not None:
        return _added(request, sitting, made, "passkey")
    return Page(title=_("启用通行密钥"), crumbs=CRUMBS).show(
        request,
        "web/my_passkey.html",
        form=form,
        question=begin_registration(sitting.user, passwordless=False),
    )


def _added(
    request: StaffRequest, sitting: UserSession, codes: list[str], factor: str
) -> HttpResponse:
    request.session.cycle_key()
    confirm_session(sitting, key=request.session.session_key or "", factor=factor)
    messages.success(request, _("第二认证因子已启用。"))
    return _show_codes(request, codes) if codes else redirect("my-security")


def _show_codes(request: StaffRequest, codes: list[str]) -> HttpResponse:
    return Page(title=_("恢复码"), crumbs=CRUMBS).show(request, "web/my_codes.html", codes=codes)


@screen(
    "my/security/codes/",
    name="my-codes",
    perm=Perm.DESK_VIEW,
    writes=True,
    step_up=_("生成新的恢复码"),
)
def my_codes(request: StaffRequest) -> HttpResponse:
    """Make new recovery codes (生成恢复码) and show them once."""
    if request.method != "POST":
        return redirect("my-security")
    return _show_codes(request, new_codes(sitting_of(request).user))


@screen(
    "my/security/drop/",
    name="my-drop",
    perm=Perm.DESK_VIEW,
    writes=True,
    step_up=_("停用认证因子"),
)
def my_drop(request: StaffRequest) -> HttpResponse:
    """Give up one of several second factors (停用认证因子)."""
    number = whole(request.POST.get("factor"), 0)
    if request.method == "POST" and number:
        drop_factor(sitting_of(request).user, number)
        messages.success(request, _("已停用。"))
    return redirect("my-security")


@screen("my/security/end/", name="my-session-end", perm=Perm.DESK_VIEW, writes=True, early=True)
def my_session_end(request: StaffRequest) -> HttpResponse:
    """End one session, or all others (结束会话)."""
    sitting = sitting_of(request)
    if request.method == "POST" and request.POST.get("session"):
        end_session(sitting.user, request.POST["session"])
        messages.success(request, _("已结束该会话。"))
    elif request.method == "POST":
        end_others(sitting.user, keep=sitting)
        messages.success(request, _("已结束其他全部会话。"))
    return redirect("my-security")


class NewPasswordForm(StaffForm):
    """A new password, twice (新口令)."""

    new = forms.CharField(label=_("新口令"), max_length=256, widget=forms.PasswordInput(NEW))
    again = forms.CharField(label=_("再输一遍"), max_length=256, widget=forms.PasswordInput(NEW))

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        values = super().clean() or {}
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", _("两次输入不一致"))
        values.pop("again", None)
        return values


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one (修改口令)."""

    old = forms.CharField(
        label=_("当前口令"),
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    field_order = ("old", "new", "again")


@screen("my/password/", name="password", perm=Perm.DESK_VIEW, writes=True, early=True)
def password(request: StaffRequest) -> HttpResponse:
    """Change one's own password (修改口令), by the rules in words."""
    sitting = sitting_of(request)
    form = ChangePasswordForm(request.POST or None)

    def change(values: dict[str, Any]) -> bool:
        change_password(sitting.user, keep=sitting, address=address_of(request), **values)
        return True

    if request.method == "POST" and submit(form, change):
        request.session.pop(PASSWORD_OLD, None)
        keep_signed_in(request, sitting)
        messages.success(request, _("口令已修改，其他会话已结束。"))
        return redirect("my-security")
    page = Page(title=_("修改口令"), crumbs=CRUMBS)
    if request.session.get(PASSWORD_OLD):
        page.notices.append(("error", _("您的口令已到更换期限，请先修改。")))
    rules = rule_words(password_rule())
    return page.show(request, "web/my_password.html", form=form, rules=rules)


def keep_signed_in(request: StaffRequest, sitting: UserSession) -> None:
    """Keep this session (保持登录) after its password changed; its key changes."""
    update_session_auth_hash(request, sitting.user)
    rekey(sitting, key=request.session.session_key or "")


@screen("welcome/<str:token>/", name="welcome", anonymous=True, writes=True)
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Let a person set the first password (首次登录) with the link, once."""
    found = invited(token)
    form = NewPasswordForm(request.POST or None)

    def accept(values: dict[str, Any]) -> User:
        return accept_invitation(token, **values)

    user = submit(form, accept) if request.method == "POST" else None
    if user is not None and has_factor(user):
        begin_second(request, user, href("my-security"))
        return redirect("sign-in-second")
    if user is not None:
        return enter(request, user, method="invitation", factor="", target=href("my-security"))
    context = {"form": form, "user": found.user, "rules": rule_words(password_rule())}
    return render(request, "web/welcome.html", context)
