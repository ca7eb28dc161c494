"""The desk of whoever guards sign-in (登录安全): locked accounts, lost factors, emergencies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.kernel import clock
from openlot.kernel.errors import Invalid
from openlot.rights.access import holds, visible
from openlot.rights.perms import Perm
from openlot.signin.models import FactorReset, Lost
from openlot.signin.selectors import open_resets
from openlot.signin.services import do_reset, refuse_reset, request_reset, unlock
from openlot.web.forms import StaffForm, submit
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Fact, Page, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import tell

TONES = {"requested": "gold", "done": "green", "refused": "grey"}


class UnlockForm(StaffForm):
    """An account to let guess again (解除登录限制)."""

    username = forms.CharField(label=_("账号"), max_length=40)
    reason = forms.CharField(label=_("理由"), max_length=200)


@screen(
    "security/unlock/",
    name="sign-in-unlock",
    perm=Perm.SIGN_IN_GUARD,
    writes=True,
    step_up=_("解除登录限制"),
)
def sign_in_unlock(request: StaffRequest) -> HttpResponse:
    """Let an account sign in again before its waiting time is over (解除登录限制)."""
    form = UnlockForm(request.POST or None)

    def act(values: dict[str, Any]) -> bool:
        unlock(values["username"], reason=values["reason"], actor=request.actor)
        return True

    if request.method == "POST" and submit(form, act):
        messages.success(request, _("已解除，可以立即重新登录。"))
        return redirect("factor-resets")
    page = Page(title=_("解除登录限制"), crumbs=((RESETS.title, href("factor-resets")),))
    return page.ask(request, form, _("解除"), href("factor-resets"))


RESETS = ListSpec(
    title=_("登录安全"),
    columns=(
        Column(_("账号"), lambda r: link("factor-reset", r.user.username, pid=r.public_id)),
        Column(_("姓名"), lambda r: r.user.name),
        Column(_("部门"), lambda r: r.user.department.short_name),
        Column(_("重置内容"), lambda r: r.get_what_display()),
        Column(_("申请人"), lambda r: r.requested_by.name),
        Column(_("申请时间"), lambda r: clock.local(r.requested_at).strftime("%Y-%m-%d %H:%M")),
        Column(_("状态"), lambda r: tag(r.get_state_display(), TONES[r.state])),
    ),
    filters=(Filter("state", _("状态"), FactorReset.states.choices, "state"),),
    search=("user__username", "user__name"),
    search_hint=_("账号或姓名"),
    order=("-requested_at",),
    empty=_(
        "没有重置申请。手机、密钥遗失或忘记口令的人员，由本部门账号管理专人提出，安全管理员决定。"
    ),
)


@screen("security/resets/", name="factor-resets", perm=Perm.FACTOR_RESET_VIEW)
def factor_resets(request: StaffRequest) -> HttpResponse:
    """List the requests to reset second factors (重置申请列表)."""
    rows = visible(request.actor, Perm.FACTOR_RESET_VIEW, open_resets())
    acts = []
    if holds(request.actor, Perm.FACTOR_RESET_ASK):
        acts.append(Act(href("factor-reset-new"), _("申请重置"), method="get"))
    if holds(request.actor, Perm.SIGN_IN_GUARD):
        acts.append(Act(href("sign-in-unlock"), _("解除登录限制"), method="get", tone=""))
    return show_list(request, rows, RESETS, acts=acts)


class ResetForm(StaffForm):
    """Who has lost what, and how (重置申请)."""

    username = forms.CharField(label=_("账号"), max_length=40)
    what = forms.ChoiceField(label=_("重置内容"), choices=Lost.choices)
    reason = forms.CharField(
        label=_("事由（如何核实本人身份）"), max_length=200, widget=forms.Textarea({"rows": 2})
    )


@screen(
    "security/resets/new/",
    name="factor-reset-new",
    perm=Perm.FACTOR_RESET_ASK,
    writes=True,
    step_up=_("申请重置认证因子、口令"),
)
def factor_reset_new(request: StaffRequest) -> HttpResponse:
    """Ask to take a person's lost factor or forgotten password away (申请重置)."""
    begun = {key: request.GET.get(key, "") for key in ("username", "what")}
    form = ResetForm(request.POST or None, initial=begun)

    def ask(values: dict[str, Any]) -> FactorReset:
        rows = visible(request.actor, Perm.FACTOR_RESET_ASK, User.objects.all())
        user = rows.filter(username=values["username"], is_active=True).first()
        if user is None:
            raise Invalid(fields={"username": _("没有这个账号，或不在您的管理范围")})
        more = {key: values[key] for key in ("what", "reason")}
        return request_reset(user, actor=request.actor, **more)

    made = submit(form, ask) if request.method == "POST" else None
    if made is not None:
        return redirect("factor-reset", pid=made.public_id)
    page = Page(title=_("申请重置认证因子、口令"), crumbs=((RESETS.title, href("factor-resets")),))
    return page.ask(request, form, _("提交申请"), href("factor-resets"))


TOLD = {
    Lost.FACTOR: _("已重置，本人下次登录时重新设置。"),
    Lost.PASSWORD: _("已重置；请账号管理人员生成首次登录链接交给本人。"),
}


class OpinionForm(StaffForm):
    """What was decided and on what ground (意见)."""

    use_required_attribute = True

    opinion = forms.CharField(label=_("意见"), max_length=200)


@screen(
    "security/resets/<pid:pid>/", name="factor-reset", perm=Perm.FACTOR_RESET_VIEW, obj=FactorReset
)
def factor_reset(request: StaffRequest, obj: FactorReset) -> HttpResponse:
    """Show one request with its decision (重置申请详情)."""
    acts = []
    if obj.state == "requested" and holds(request.actor, Perm.FACTOR_RESET_DECIDE):
        acts = [
            Act(href("factor-reset-do", pid=obj.public_id), _("同意重置"), OpinionForm()),
            Act(href("factor-reset-refuse", pid=obj.public_id), _("不同意"), OpinionForm(), ""),
        ]
    decided = obj.decided_by.name if obj.decided_by is not None else "—"
    return Page(
        title=f"{obj.user.name} · {obj.user.username}",
        state=tag(obj.get_state_display(), TONES[obj.state]),
        crumbs=((RESETS.title, href("factor-resets")),),
        acts=acts,
        facts=[
            Fact(_("部门"), obj.user.department.name),
            Fact(_("重置内容"), obj.get_what_display()),
            Fact(_("申请人"), obj.requested_by.name),
            Fact(_("事由"), obj.reason, wide=True),
            Fact(_("决定人"), decided),
            Fact(_("意见"), obj.opinion or "—", wide=True),
        ],
        story=tell(request, obj),
    ).show(request)


@screen(
    "security/resets/<pid:pid>/reset/",
    name="factor-reset-do",
    perm=Perm.FACTOR_RESET_DECIDE,
    obj=FactorReset,
    writes=True,
    step_up=_("同意重置认证因子、口令"),
)
def factor_reset_do(request: StaffRequest, obj: FactorReset) -> HttpResponse:
    """Take away what is lost (同意重置)."""
    return _decided(request, obj, do_reset, _("同意重置"), TOLD[Lost(obj.what)])


@screen(
    "security/resets/<pid:pid>/refuse/",
    name="factor-reset-refuse",
    perm=Perm.FACTOR_RESET_DECIDE,
    obj=FactorReset,
    writes=True,
)
def factor_reset_refuse(request: StaffRequest, obj: FactorReset) -> HttpResponse:
    """Leave factors and password as they are (不同意重置)."""
    return _decided(request, obj, refuse_reset, _("不同意重置"), _("已决定不同意。"))


def _decided(
    request: StaffRequest,
    obj: FactorReset,
    act: Callable[..., FactorReset],
    title: Any,
    done: Any,
) -> HttpResponse:
    form, back = OpinionForm(request.POST or None), href("factor-reset", pid=obj.public_id)

    def decide(values: dict[str, Any]) -> FactorReset:
        return act(obj, actor=request.actor, **values)

    if request.method != "POST":
        return redirect(back)
    if submit(form, decide) is not None:
        messages.success(request, done)
        return redirect(back)
    page = Page(
        title=title, subtitle=obj.user.name, crumbs=((RESETS.title, href("factor-resets")),)
    )
    return page.ask(request, form, title, back)
