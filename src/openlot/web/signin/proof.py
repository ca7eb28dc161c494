"""Proving who acts (身份核验): one form for the second step of signing in and for confirmations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.kernel.errors import Conflict
from openlot.signin.selectors import factors
from openlot.signin.services import (
    HeldUp,
    prove_by_code,
    prove_by_passkey,
    prove_by_password,
)
from openlot.web.forms import StaffForm
from openlot.web.signin.device import address_of

CODE = forms.TextInput(
    {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": "", "maxlength": "12"}
)


class CodeForm(StaffForm):
    """A one-time code or a recovery code (动态口令或恢复码)."""

    code = forms.CharField(
        label=_("6 位动态口令，或 8 位恢复码"), max_length=12, required=False, widget=CODE
    )
    passkey = forms.CharField(required=False, widget=forms.HiddenInput, max_length=10_000)


class PasswordForm(StaffForm):
    """The password, where no second factor is set up (口令)."""

    password = forms.CharField(
        label=_("登录口令"),
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person may prove who acts (可用方式)."""

    code: bool
    passkey: bool
    password: bool
    demo: bool

    def form(self, posted: Any = None) -> StaffForm:
        """Return the form of these ways (核验表单)."""
        return PasswordForm(posted) if self.password else CodeForm(posted)


def ways_of(request: HttpRequest, user: User) -> Ways:
    """Return how ``user`` may prove who acts (可用方式); one click only in the demo."""
    kinds = set(factors(user).values_list("type", flat=True))
    demo = bool(settings.DEMO) and not kinds and request.session.get("entered") == "demo"
    return Ways(
        code=bool(kinds),
        passkey=Authenticator.Type.WEBAUTHN in kinds,
        password=not kinds and not demo,
        demo=demo,
    )


def question(ways: Ways, user: User) -> dict[str, Any]:
    """Return what the browser is to ask the passkey (通行密钥质询), empty without one."""
    return dict(begin_authentication(user)) if ways.passkey else {}


def prove(request: HttpRequest, user: User, ways: Ways, form: StaffForm) -> str | None:
    """Return the factor that was shown (核验), or None with the reason on the form."""
    if ways.demo and "demo" in request.POST:
        return "demo"
    if not form.is_valid():
        return None
    try:
        found = _shown(form.cleaned_data, user, ways, address_of(request))
    except (HeldUp, Conflict) as error:
        form.add_error(None, error.message)
        return None
    if found is None:
        field, words = ("password", _("口令不正确")) if ways.password else ("code", WRONG)
        form.add_error(field, words)
    return found


WRONG = _("验证码不正确或已用过；请等下一组验证码出现再输入，或改用恢复码")


def answer_of(text: str) -> dict[str, Any] | None:
    """Return what the browser says of a passkey (浏览器应答), None when it says nothing of the kind."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _shown(values: dict[str, Any], user: User, ways: Ways, address: str) -> str | None:
    if ways.password:
        return prove_by_password(user, values["password"], address=address)
    if ways.passkey and values["passkey"]:
        answer = answer_of(values["passkey"])
        return prove_by_passkey(user, answer) if answer is not None else None
    return prove_by_code(user, values["code"], address=address) if values["code"] else None
