"""Emergency views (应急查看): asked for, confirmed, over; all of them in one list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlot.kernel import clock
from openlot.kernel.marks import aside
from openlot.rights.access import holds
from openlot.rights.perms import Perm
from openlot.signin.models import EmergencyView
from openlot.signin.selectors import (
    emergencies,
    is_lapsed,
    own_emergency,
    pages_of,
    setting,
)
from openlot.signin.services import (
    ask_emergency,
    confirm_emergency,
    end_emergency,
    open_alone,
    refuse_emergency,
)
from openlot.web.forms import StaffForm, submit
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, href, link, tag
from openlot.web.screens import SCREENS, StaffRequest, screen
from openlot.web.signin.mine import sitting_of
from openlot.web.trail.stories import ERASED, tell

TONES = {"asked": "gold", "open": "red", "ended": "grey", "refused": "grey"}


def _when(instant: Any) -> str:
    return clock.local(instant).strftime("%Y-%m-%d %H:%M") if instant else "—"


def _who(view: EmergencyView) -> Any:
    if view.confirmed_by is not None:
        return view.confirmed_by.name
    return tag(_("无人可联系，独自开启"), "red") if view.alone else "—"


EMERGENCIES = ListSpec(
    title=_("应急查看记录"),
    columns=(
        Column(
            pgettext_lazy("one", "人员"),
            lambda e: link("emergency-view", e.user.name, pid=e.public_id),
        ),
        Column(_("部门"), lambda e: e.user.department.short_name),
        Column(_("事由"), lambda e: e.reason),
        Column(_("确认人"), _who),
        Column(_("开始"), lambda e: _when(e.opened_at)),
        Column(_("截止"), lambda e: _when(e.ended_at or e.ends_at)),
        Column(_("查看页数"), lambda e: e.n_pages, number=True),
        Column(_("状态"), lambda e: tag(e.get_state_display(), TONES[e.state])),
    ),
    filters=(Filter("state", _("状态"), EmergencyView.states.choices, "state"),),
    order=("-asked_at",),
    empty=_("从未有人启用应急查看。"),
)


@screen("emergencies/", name="emergencies", perm=Perm.EMERGENCY_VIEW)
def emergency_list(request: StaffRequest) -> HttpResponse:
    """List every emergency view there ever was (应急查看记录)."""
    return show_list(request, emergencies(), EMERGENCIES)


class AskForm(StaffForm):
    """Why everything must be read now (应急事由)."""

    reason = forms.CharField(
        label=_("事由：发生了什么，需要看什么"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
    )


class AloneForm(StaffForm):
    """Whom one could not reach (联系情况)."""

    use_required_attribute = True

    whom = forms.CharField(label=_("联系了谁，为何联系不上"), max_length=90)


@screen(
    "emergency/",
    name="emergency",
    perm=Perm.EMERGENCY_ASK,
    writes=True,
    step_up=_("申请应急查看"),
)
def emergency(request: StaffRequest) -> HttpResponse:
    """Ask for an emergency view (申请应急查看), or show the one that waits or runs."""
    sitting, view = sitting_of(request), own_emergency(sitting_of(request).user)
    if view is not None and not is_lapsed(view):
        return redirect("emergency-own", pid=view.public_id)
    form = AskForm(request.POST or None)

    def ask(values: dict[str, Any]) -> EmergencyView:
        return ask_emergency(sitting, actor=request.actor, **values)

    made = submit(form, ask) if request.method == "POST" else None
    if made is not None:
        return redirect("emergency-own", pid=made.public_id)
    page = Page(title=_("应急查看"))
    page.notices.append(("info", _told()))
    return page.ask(request, form, _("提交申请"), href("desk"))


def _told() -> str:
    return str(
        _(
            "仅用于事故、故障等紧急情况：经另一人确认后，%(minutes)s 分钟内可以阅读全部内容，"
            "不能改动任何内容；每一页都留痕，审计人员立即看到。"
        )
    ) % {"minutes": setting("emergency")["minutes"]}


@screen(
    "emergency/<pid:pid>/",
    name="emergency-own",
    perm=Perm.EMERGENCY_ASK,
    obj=EmergencyView,
)
def emergency_own(request: StaffRequest, obj: EmergencyView) -> HttpResponse:
    """Show one's own request (本人应急查看)."""
    alone = href("emergency-alone", pid=obj.public_id)
    acts: list[Act] = []
    if obj.state == "asked" and obj.user_id == request.actor.user_id:
        acts = [
            Act(href("emergency-end"), _("撤回申请"), tone=""),
            Act(alone, _("联系不上确认人，独自开启"), AloneForm(), "danger"),
        ]
    page = _page(obj, acts)
    if obj.state == "asked":
        words = _("等待安全管理员确认，请电话告知；确认后刷新本页即可开始查看。")
        page.notices.append(("info", words))
    elif obj.state == "open" and obj.session_id != sitting_of(request).pk:
        page.notices.append(("warn", _("只在提出申请的那次登录中有效，请回到原来的设备。")))
    return page.show(request)


@screen(
    "emergencies/<pid:pid>/", name="emergency-view", perm=Perm.EMERGENCY_VIEW, obj=EmergencyView
)
def emergency_view(request: StaffRequest, obj: EmergencyView) -> HttpResponse:
    """Show an emergency view with every page that was read (应急查看详情)."""
    acts = []
    if obj.state == "asked" and holds(request.actor, Perm.EMERGENCY_CONFIRM):
        acts = [
            Act(href("emergency-confirm", pid=obj.public_id), _("确认开启")),
            Act(href("emergency-refuse", pid=obj.public_id), _("不同意"), tone=""),
        ]
    page = _page(obj, acts)
    page.crumbs = [(EMERGENCIES.title, href("emergencies"))]
    page.story = tell(request, obj)
    page.blocks.append(
        Block(
            _("看过的页面"),
            (_("时间"), _("地址")),
            [(_when(row.at), _address(request, row.path)) for row in pages_of(obj)],
            _("尚未查看任何页面。"),
        )
    )
    return page.show(request)


def _address(request: StaffRequest, path: str | None) -> str:
    """Return the address of a page that was read, as a link where the reader may open such pages."""
    if path is None:
        return str(ERASED)
    try:
        seen = SCREENS.get(resolve(urlsplit(path).path).url_name or "")
    except Resolver404:
        return path
    if seen is None or seen.perm is None or not holds(request.actor, seen.perm):
        return path
    return format_html('<a href="{}">{}</a>', path, path)


def _page(obj: EmergencyView, acts: list[Act]) -> Page:
    return Page(
        title=_("应急查看"),
        subtitle=_told() if obj.state == "asked" else "",
        state=tag(obj.get_state_display(), TONES[obj.state]),
        acts=acts,
        facts=[
            Fact(pgettext_lazy("one", "人员"), aside(obj.user.name, obj.user.department.name)),
            Fact(_("确认人"), _who(obj)),
            Fact(_("申请时间"), _when(obj.asked_at)),
            Fact(_("开始"), _when(obj.opened_at)),
            Fact(_("截止"), _when(obj.ended_at or obj.ends_at)),
            Fact(_("查看页数"), obj.n_pages),
            Fact(_("事由"), obj.reason, wide=True),
        ],
    )


@screen(
    "emergency/<pid:pid>/alone/",
    name="emergency-alone",
    perm=Perm.EMERGENCY_ASK,
    obj=EmergencyView,
    writes=True,
    step_up=_("独自开启应急查看"),
)
def emergency_alone(request: StaffRequest, obj: EmergencyView) -> HttpResponse:
    """Begin without a second person (独自开启)."""
    form, back = AloneForm(request.POST or None), href("emergency-own", pid=obj.public_id)

    def begin(values: dict[str, Any]) -> EmergencyView:
        return open_alone(obj, session=sitting_of(request), actor=request.actor, **values)

    if request.method != "POST":
        return redirect(back)
    if submit(form, begin) is not None:
        return redirect("desk")
    title = _("联系不上确认人，独自开启")
    page = Page(title=title, crumbs=[(_("应急查看"), back)])
    return page.ask(request, form, title, back)


@screen(
    "emergencies/<pid:pid>/confirm/",
    name="emergency-confirm",
    perm=Perm.EMERGENCY_CONFIRM,
    obj=EmergencyView,
    writes=True,
    step_up=_("确认开启应急查看"),
)
def emergency_confirm(request: StaffRequest, obj: EmergencyView) -> HttpResponse:
    """Confirm another's emergency view (确认开启)."""
    if request.method == "POST":
        confirm_emergency(obj, actor=request.actor)
        messages.success(request, _("已开启，审计人员可见。"))
    return redirect("emergency-view", pid=obj.public_id)


@screen(
    "emergencies/<pid:pid>/refuse/",
    name="emergency-refuse",
    perm=Perm.EMERGENCY_CONFIRM,
    obj=EmergencyView,
    writes=True,
)
def emergency_refuse(request: StaffRequest, obj: EmergencyView) -> HttpResponse:
    """Refuse another's emergency view (不同意)."""
    if request.method == "POST":
        refuse_emergency(obj, actor=request.actor)
    return redirect("emergency-view", pid=obj.public_id)


@screen("emergency/end/", name="emergency-end", perm=Perm.EMERGENCY_ASK, writes=True)
def emergency_end(request: StaffRequest) -> HttpResponse:
    """End one's emergency view before its time (结束应急查看)."""
    view = own_emergency(sitting_of(request).user)
    if request.method == "POST" and view is not None:
        words = _("应急查看已结束。") if view.state == "open" else _("申请已撤回。")
        end_emergency(view, actor=request.actor)
        messages.success(request, words)
    return redirect("desk")
