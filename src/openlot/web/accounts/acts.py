"""What can be done with an account (账号操作): asking takes a second person, taking away does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.accounts import services
from openlot.accounts.models import User
from openlot.accounts.services.granting import may_take
from openlot.kernel.actor import Actor, Role
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.web.accounts.forms import (
    AccountForm,
    GrantForm,
    MoveForm,
    RenameForm,
    RevokeForm,
    WhyForm,
)
from openlot.web.forms import submit
from openlot.web.page import Act, Page, href
from openlot.web.screens import StaffRequest, screen


@dataclass(frozen=True, slots=True)
class AccountAct:
    """One act (账号操作): who may, when it is offered, what it runs and says.

    perm   the right that the route asks for; the service asks for the rest
    """

    name: str
    label: str | Promise
    perm: Perm
    form: type[AccountForm]
    run: Callable[[User, dict[str, Any], Actor], object]
    done: str | Promise
    offered: Callable[[StaffRequest, User], bool]
    tone: str = ""


def _asks(perm: Perm, *, active: bool) -> Callable[[StaffRequest, User], bool]:
    return lambda request, user: user.is_active is active and may(request.actor, perm, user)


def _takes(request: StaffRequest, user: User) -> bool:
    return may_take(user, actor=request.actor)


WAITS = _("申请已提交，等待决定")

ACTS = (
    AccountAct(
        "grant",
        _("申请授权"),
        Perm.ACCOUNT_REQUEST,
        GrantForm,
        lambda u, v, a: services.request_grant(
            u, Role(v["role"]), ends_on=v["ends_on"], reason=v["reason"], actor=a
        ),
        WAITS,
        _asks(Perm.ACCOUNT_REQUEST, active=True),
        "primary",
    ),
    AccountAct(
        "rename",
        _("申请变更名称"),
        Perm.RENAME_REQUEST,
        RenameForm,
        lambda u, v, a: services.request_renaming(u, actor=a, **v),
        WAITS,
        _asks(Perm.RENAME_REQUEST, active=True),
    ),
    AccountAct(
        "move",
        _("申请调动"),
        Perm.ACCOUNT_REQUEST,
        MoveForm,
        lambda u, v, a: services.request_move(u, v["to_department"], reason=v["reason"], actor=a),
        WAITS,
        _asks(Perm.ACCOUNT_REQUEST, active=True),
    ),
    AccountAct(
        "reopen",
        _("申请恢复"),
        Perm.ACCOUNT_REQUEST,
        WhyForm,
        lambda u, v, a: services.request_reopening(u, reason=v["reason"], actor=a),
        WAITS,
        _asks(Perm.ACCOUNT_REQUEST, active=False),
        "primary",
    ),
    AccountAct(
        "revoke",
        _("撤销角色"),
        Perm.ACCOUNT_VIEW,
        RevokeForm,
        lambda u, v, a: services.revoke_role(u, Role(v["role"]), reason=v["reason"], actor=a),
        _("角色已撤销，即时生效"),
        lambda r, u: _takes(r, u) and u.grants.filter(revoked_at=None).exists(),
        "danger",
    ),
    AccountAct(
        "close",
        _("离岗停用"),
        Perm.ACCOUNT_VIEW,
        WhyForm,
        lambda u, v, a: services.close_account(u, reason=v["reason"], actor=a),
        _("账号已停用，角色、职责、会话即时终止"),
        lambda r, u: _takes(r, u) and not u.closed_at and u.pk != r.actor.user_id,
        "danger",
    ),
)


def account_acts(request: StaffRequest, user: User) -> list[Act]:
    """Return what the person may do with an account (可办操作), each behind its small form."""
    return [
        Act(
            href(f"account-{act.name}", pid=user.public_id),
            act.label,
            form=act.form(user=user, actor=request.actor),
            tone=act.tone,
        )
        for act in ACTS
        if act.offered(request, user)
    ]


def _register(act: AccountAct) -> None:
    route, name = f"accounts/<pid:pid>/{act.name}/", f"account-{act.name}"

    @screen(route, name=name, perm=act.perm, obj=User, writes=True, step_up=act.label)
    def carry_out(request: StaffRequest, obj: User) -> HttpResponse:
        form = act.form(request.POST or None, user=obj, actor=request.actor)
        back = href("account", pid=obj.public_id)
        if request.method == "POST":
            done = submit(form, lambda values: act.run(obj, values, request.actor))
            if done is not None:
                messages.success(request, str(act.done))
                return redirect(back)
        page = Page(title=act.label, crumbs=[(obj.name, back)])
        return page.ask(request, form, act.label, back)


for one in ACTS:
    _register(one)
