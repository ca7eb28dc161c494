"""Requests about accounts (账号申请): one person asked, another decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from openlot.accounts import services
from openlot.accounts.models import AccountRequest, RequestState
from openlot.accounts.selectors import request_list
from openlot.accounts.services.requests import may_decide, may_withdraw
from openlot.kernel import clock
from openlot.rights.perms import Perm
from openlot.web.accounts.forms import OpinionForm
from openlot.web.accounts.words import asked_for, request_tag, whom
from openlot.web.forms import ReasonForm, submit
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Fact, Page, href, link
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names, tell

REQUESTS = ListSpec(
    title=gettext_lazy("账号申请"),
    columns=(
        Column(
            gettext_lazy("事项"),
            lambda r: link("account-request", r.get_kind_display(), pid=r.public_id),
        ),
        Column(pgettext_lazy("one", "人员"), whom),
        Column(gettext_lazy("部门"), lambda r: r.department.short_name, sort="department__code"),
        Column(gettext_lazy("内容"), asked_for),
        Column(gettext_lazy("申请人"), lambda r: r.asked_by or "—"),
        Column(
            gettext_lazy("申请时间"),
            lambda r: clock.local(r.requested_at).strftime("%Y-%m-%d %H:%M"),
            sort="requested_at",
        ),
        Column(gettext_lazy("状态"), request_tag),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), RequestState.choices, "state"),
        Filter("kind", gettext_lazy("事项"), AccountRequest.Kind.choices, "kind"),
    ),
    search=("username", "name", "user__username", "user__name", "department__name"),
    search_hint=gettext_lazy("登录名、姓名或部门"),
    order=("-requested_at", "-pk"),
    empty=gettext_lazy("没有账号申请。部门账号管理专人可在账号页面提出。"),
)


@screen("account-requests/", name="account-requests", perm=Perm.REQUEST_VIEW)
def account_requests(request: StaffRequest) -> HttpResponse:
    """List the requests about accounts (账号申请列表)."""
    return show_list(request, request_list(request.actor), REQUESTS)


@screen(
    "account-requests/<pid:pid>/",
    name="account-request",
    perm=Perm.REQUEST_VIEW,
    obj=AccountRequest,
)
def account_request(request: StaffRequest, obj: AccountRequest) -> HttpResponse:
    """Show a request: who asks what for whom and why, who decides (账号申请详情)."""
    asker, decider = names([obj.requested_by_ref, obj.decided_by_ref])
    page = Page(
        title=f"{obj.get_kind_display()} · {whom(obj)}",
        state=request_tag(obj),
        crumbs=[(_("账号申请"), href("account-requests"))],
        acts=_acts(request, obj),
        facts=[
            Fact(_("部门"), link("department", obj.department.name, pid=obj.department.public_id)),
            Fact(pgettext("one", "人员"), _account(obj)),
            Fact(_("内容"), asked_for(obj)),
            Fact(_("申请人"), asker),
            Fact(_("申请时间"), clock.local(obj.requested_at).strftime("%Y-%m-%d %H:%M")),
            Fact(_("原因"), obj.reason, wide=True),
        ],
        story=tell(request, obj),
    )
    if obj.decided_at:
        page.facts += [
            Fact(_("决定人"), decider),
            Fact(_("决定时间"), clock.local(obj.decided_at).strftime("%Y-%m-%d %H:%M")),
            Fact(_("意见"), obj.opinion or "—", wide=True),
        ]
    elif obj.state == RequestState.REQUESTED and not page.acts:
        page.notices.append(("info", _waits_for(obj)))
    return page.show(request)


def _account(obj: AccountRequest) -> Any:
    if obj.kind == AccountRequest.Kind.PLACE:
        return "—"
    if obj.user is None:
        return whom(obj)
    return link("account", whom(obj), pid=obj.user.public_id)


def _waits_for(obj: AccountRequest) -> str:
    if obj.kind == AccountRequest.Kind.RENAME:
        return _("等待市场监管局平台管理员决定；申请人和本人不能决定。")
    return _("等待安全管理员决定；申请人和本人不能决定。")


def _acts(request: StaffRequest, obj: AccountRequest) -> list[Act]:
    acts: list[Act] = []
    pid = obj.public_id
    if obj.state != RequestState.REQUESTED:
        return acts
    if may_decide(obj, request.actor):
        acts += [
            Act(href("account-request-approve", pid=pid), _("批准"), form=OpinionForm()),
            Act(
                href("account-request-refuse", pid=pid),
                _("不同意"),
                form=ReasonForm(),
                tone="danger",
            ),
        ]
    if may_withdraw(obj, request.actor):
        acts.append(
            Act(href("account-request-withdraw", pid=pid), _("撤回"), form=ReasonForm(), tone="")
        )
    return acts


def _decide(
    request: StaffRequest,
    obj: AccountRequest,
    form: forms.Form,
    title: str,
    run: Any,
    done: Promise,
) -> HttpResponse:
    back = href("account-request", pid=obj.public_id)
    if request.method == "POST" and submit(form, run) is not None:
        messages.success(request, str(done))
        return redirect(back)
    what = f"{obj.get_kind_display()} · {whom(obj)}"
    page = Page(title=title, subtitle=what, crumbs=[(what, back)])
    return page.ask(request, form, title, back)


@screen(
    "account-requests/<pid:pid>/approve/",
    name="account-request-approve",
    perm=Perm.REQUEST_VIEW,
    obj=AccountRequest,
    writes=True,
    step_up=gettext_lazy("决定账号与授权申请"),
)
def approve(request: StaffRequest, obj: AccountRequest) -> HttpResponse:
    """Approve a request (批准申请)."""
    form = OpinionForm(request.POST if request.method == "POST" else None)
    return _decide(
        request,
        obj,
        form,
        _("批准"),
        lambda v: services.approve_request(obj, opinion=v["opinion"], actor=request.actor),
        gettext_lazy("已批准，即时生效"),
    )


@screen(
    "account-requests/<pid:pid>/refuse/",
    name="account-request-refuse",
    perm=Perm.REQUEST_VIEW,
    obj=AccountRequest,
    writes=True,
)
def refuse(request: StaffRequest, obj: AccountRequest) -> HttpResponse:
    """Refuse a request (不同意申请)."""
    return _decide(
        request,
        obj,
        ReasonForm(request.POST or None),
        _("不同意"),
        lambda v: services.refuse_request(obj, reason=v["reason"], actor=request.actor),
        gettext_lazy("已答复不同意"),
    )


@screen(
    "account-requests/<pid:pid>/withdraw/",
    name="account-request-withdraw",
    perm=Perm.REQUEST_VIEW,
    obj=AccountRequest,
    writes=True,
)
def withdraw(request: StaffRequest, obj: AccountRequest) -> HttpResponse:
    """Withdraw a request (撤回申请)."""
    return _decide(
        request,
        obj,
        ReasonForm(request.POST or None),
        _("撤回"),
        lambda v: services.withdraw_request(obj, reason=v["reason"], actor=request.actor),
        gettext_lazy("已撤回"),
    )
