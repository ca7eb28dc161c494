"""Accounts (账号): who has one, which roles by whose word, and asking for a change."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from openlot.accounts import services
from openlot.accounts.models import ROLE_CHOICES, AccountRequest, Grant, User
from openlot.accounts.selectors import (
    account_list,
    duties_held,
    grants_of,
    own_account,
    requests_about,
    who_keeps_accounts,
)
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.kernel.marks import listed
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.web.accounts.acts import account_acts
from openlot.web.accounts.forms import OpenForm
from openlot.web.accounts.words import asked_for, ended, request_tag, role_words, standing
from openlot.web.forms import submit
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.signin.invitations import invitation_acts
from openlot.web.trail.stories import names, tell

ACCOUNTS = ListSpec(
    title=pgettext_lazy("list", "账号"),
    columns=(
        Column(
            gettext_lazy("登录名"),
            lambda u: link("account", u.username, pid=u.public_id),
            sort="username",
        ),
        Column(gettext_lazy("姓名"), lambda u: u.name, sort="name"),
        Column(gettext_lazy("部门"), lambda u: u.department.short_name, sort="department__code"),
        Column(gettext_lazy("角色"), role_words),
        Column(
            gettext_lazy("最近登录"),
            lambda u: _day(u.last_login),
            sort="last_login",
        ),
        Column(gettext_lazy("状态"), standing),
    ),
    filters=(
        Filter("role", gettext_lazy("角色"), ROLE_CHOICES, "live__role"),
        Filter(
            "open",
            gettext_lazy("状态"),
            (("True", gettext_lazy("在用")), ("False", gettext_lazy("停用、锁定"))),
            "is_active",
        ),
    ),
    search=("username", "name", "department__name"),
    search_hint=gettext_lazy("登录名、姓名或部门"),
    order=("department__code", "username"),
    empty=gettext_lazy("没有符合条件的账号。"),
)


@screen("accounts/", name="accounts", perm=Perm.ACCOUNT_VIEW)
def accounts(request: StaffRequest) -> HttpResponse:
    """List the accounts (账号列表)."""
    acts = []
    if holds(request.actor, Perm.ACCOUNT_REQUEST):
        acts.append(Act(href("account-new"), _("申请开通账号"), method="get"))
    return show_list(request, account_list(request.actor), ACCOUNTS, acts)


@screen("accounts/new/", name="account-new", perm=Perm.ACCOUNT_REQUEST, writes=True)
def account_new(request: StaffRequest) -> HttpResponse:
    """Ask for an account (申请开通账号)."""
    form = OpenForm(request.POST or None, actor=request.actor)

    def ask(values: dict[str, Any]) -> AccountRequest:
        role = Role(values.pop("role")) if values.get("role") else None
        return services.request_opening(**{**values, "role": role}, actor=request.actor)

    made = submit(form, ask) if request.method == "POST" else None
    if made is not None:
        return redirect("account-request", pid=made.public_id)
    page = Page(title=_("申请开通账号"), crumbs=[(_("账号"), href("accounts"))])
    page.notices.append(("info", _("提交后由安全管理员决定；同意后账号即时生效。")))
    return page.ask(request, form, _("提交申请"), href("accounts"))


@screen("accounts/<pid:pid>/", name="account", perm=Perm.ACCOUNT_VIEW, obj=User)
def account(request: StaffRequest, obj: User) -> HttpResponse:
    """Show an account: roles by whose word, duties, requests, its life (账号详情)."""
    page = _account_page(obj)
    page.crumbs = [(_("账号"), href("accounts"))]
    page.acts = [*account_acts(request, obj), *invitation_acts(request, obj)]
    if may(request.actor, Perm.REQUEST_VIEW, obj):
        page.blocks.append(_requests_block(obj, linked=True))
    page.story = tell(request, obj)
    return page.show(request)


@screen("me/", name="me", perm=Perm.DESK_VIEW)
def me(request: StaffRequest) -> HttpResponse:
    """Show a person the own account (我的账号): roles, duties, and whom to ask."""
    user = own_account(request.actor)
    page = _account_page(user)
    page.title = _("我的账号")
    page.blocks.append(_requests_block(user, linked=holds(request.actor, Perm.REQUEST_VIEW)))
    keepers = listed(u.name for u in who_keeps_accounts(user.department))
    text = _("授权、改名、停用请找本部门账号管理专人：%(names)s") % {
        "names": keepers or _("尚未明确")
    }
    page.notices.append(("info", text))
    page.acts.append(Act(href("my-security"), _("账号安全"), method="get"))
    return page.show(request)


def _account_page(user: User) -> Page:
    login_names = [n.name for n in user.login_names.all()]
    page = Page(
        title=user.name,
        state=standing(user),
        facts=[
            Fact(_("登录名"), user.username),
            Fact(_("部门"), user.department.name),
            Fact(_("开通时间"), _day(user.opened_at)),
            Fact(_("最近登录"), _day(user.last_login)),
            Fact(_("用过的登录名"), listed(login_names[:-1]) or "—"),
        ],
        blocks=[_grants_block(user), _duties_block(user)],
    )
    if user.closed_at:
        day = _day(user.closed_at)
        text = _("%(day)s 停用：%(reason)s") % {"day": day, "reason": user.closed_reason}
        page.notices.append(("warn", text))
    elif user.locked_at:
        page.notices.append(("warn", _("长期未使用，已于 %s 锁定") % _day(user.locked_at)))
    return page


def _day(at: Any) -> object:
    return clock.local(at).strftime("%Y-%m-%d") if at else "—"


def _grants_block(user: User) -> Block:
    grants = list(grants_of(user))
    askers = names([g.request.requested_by_ref if g.request else "" for g in grants])
    deciders = names([g.granted_by_ref for g in grants])
    return Block(
        _("角色"),
        (_("角色"), _("授予时间"), _("申请人"), _("决定人"), _("原因"), _("期限"), _("状态")),
        [
            (
                str(Role(g.role).label),
                _day(g.granted_at),
                asker,
                decider,
                g.request.reason if g.request else _("平台初始设置"),
                g.ends_on or _("长期"),
                _grant_tag(g),
            )
            for g, asker, decider in zip(grants, askers, deciders, strict=True)
        ],
        _("没有任何角色。"),
    )


def _grant_tag(grant: Grant) -> object:
    if grant.revoked_at:
        words = {"day": _day(grant.revoked_at), "reason": grant.revoked_reason or "—"}
        return ended(_("已撤销"), _("%(day)s 撤销：%(reason)s") % words)
    if grant.ends_on and grant.ends_on < clock.today():
        return tag(_("已到期"))
    return tag(_("有效"), "green")


def _duties_block(user: User) -> Block:
    return Block(
        _("专人职责"),
        (_("职责"), _("部门"), _("明确时间"), _("状态")),
        [
            (
                d.get_kind_display(),
                d.department.short_name,
                _day(d.named_at),
                tag(_("在任"), "green") if d.ended_at is None else tag(_("已免去")),
            )
            for d in duties_held(user)
        ],
        _("没有被明确为专人。"),
    )


def _requests_block(user: User, *, linked: bool) -> Block:
    return Block(
        _("账号申请"),
        (_("事项"), _("内容"), _("原因"), _("申请日期"), _("状态")),
        [
            (
                link("account-request", r.get_kind_display(), pid=r.public_id)
                if linked
                else r.get_kind_display(),
                asked_for(r),
                r.reason,
                _day(r.requested_at),
                request_tag(r),
            )
            for r in requests_about(user)
        ],
        _("没有申请。"),
    )
