"""How accounts, roles and requests look on a page (账号的呈现)."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openlot.accounts.models import AccountRequest, User
from openlot.kernel.actor import Role
from openlot.kernel.marks import aside, listed
from openlot.web.page import tag

TONES = {"requested": "gold", "approved": "green", "refused": "red", "withdrawn": "grey"}


def person(user: User) -> str:
    """Return a person's name with the sign-in name (姓名与登录名)."""
    return aside(user.name, user.username)


def role_words(user: Any) -> str:
    """Return the roles in force of a listed account (现有角色) in words."""
    return listed(str(Role(g.role).label) for g in user.live_grants) or "—"


def standing(user: User) -> SafeString:
    """Return how an account stands as a tag (账号状态)."""
    words = {
        "open": (_("在用"), "green"),
        "locked": (_("已锁定（长期未用）"), "gold"),
        "closed": (_("已停用"), "grey"),
    }
    return tag(*words[user.standing])


def ended(state: str, words: str) -> SafeString:
    """Return what has ended, when and why (终止说明): a short tag, then the words."""
    return format_html("{} {}", tag(state), words)


def request_tag(request: AccountRequest) -> SafeString:
    """Return a request's state as a tag (申请状态)."""
    return tag(request.get_state_display(), TONES[request.state])


def whom(request: AccountRequest) -> str:
    """Return whom a request concerns (申请涉及人员)."""
    if request.user is not None:
        return person(request.user)
    if request.kind == AccountRequest.Kind.PLACE:
        return request.department.name
    return aside(request.name, request.username)


def asked_for(request: AccountRequest) -> str:
    """Return what a request asks for (申请内容) in words."""
    parts = []
    if request.kind == AccountRequest.Kind.RENAME:
        parts.append(f"{request.username} · {request.name}")
    if request.role:
        parts.append(str(Role(request.role).label))
    if request.kind == AccountRequest.Kind.PLACE:
        above = request.to_department.name if request.to_department else _("无上级机构")
        parts.append(_("上级机构：%(department)s") % {"department": above})
    elif request.to_department:
        parts.append(_("调往%(department)s") % {"department": request.to_department.short_name})
    if request.ends_on:
        parts.append(_("至 %(day)s 止") % {"day": request.ends_on})
    return pgettext("mark", "，").join(parts) or "—"
