"""Departments (部门): who they are, whom they named for the three duties, their people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from openlot.accounts import services
from openlot.accounts.models import Department, Duty, User
from openlot.accounts.selectors import (
    account_list,
    asked_placing,
    department_list,
    duty_history,
    missing_duties,
    people_of,
)
from openlot.kernel import clock
from openlot.kernel.marks import listed
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.web.accounts.words import asked_for, ended, person, role_words, standing
from openlot.web.departments.keeping import keeping_acts
from openlot.web.forms import StaffForm, submit
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, href, link, tag
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import names, tell

N_DUTIES = len(Duty.Kind)


def _duties(department: Any) -> object:
    if not department.enforces or department.closed_at:
        return "—"
    tone = "green" if department.n_duties == N_DUTIES else "gold"
    return tag(f"{department.n_duties}/{N_DUTIES}", tone)


def department_tag(department: Department) -> object:
    """Return whether a department stands or was closed (部门状态) as a tag."""
    return tag(_("部门已撤销"), "grey") if department.closed_at else tag(_("在用"), "green")


DEPARTMENTS = ListSpec(
    title=pgettext_lazy("list", "部门"),
    columns=(
        Column(_("名称"), lambda d: link("department", d.name, pid=d.public_id), sort="name"),
        Column(_("代码"), lambda d: d.code, sort="code"),
        Column(_("类型"), lambda d: d.get_kind_display()),
        Column(_("上级机构"), lambda d: d.parent.short_name if d.parent else "—"),
        Column(_("监管领域"), lambda d: d.field.name if d.field else "—"),
        Column(_("专人"), _duties),
        Column(_("账号数"), lambda d: d.n_users, number=True),
        Column(_("状态"), department_tag),
    ),
    filters=(
        Filter("kind", _("类型"), Department.Kind.choices, "kind"),
        Filter("stands", _("状态"), (("True", _("在用")), ("False", _("部门已撤销"))), "stands"),
        Filter("lacking", _("专人"), (("0", _("不全")),), "n_lacking__gt"),
    ),
    search=("name", "code"),
    search_hint=_("名称或代码"),
    order=("code",),
    empty=_("没有符合条件的部门。"),
)


@screen("departments/", name="departments", perm=Perm.DEPARTMENT_VIEW)
def departments(request: StaffRequest) -> HttpResponse:
    """List the departments (部门列表)."""
    acts = []
    if holds(request.actor, Perm.DEPARTMENT_REGISTER):
        acts.append(Act(href("department-new"), _("登记部门"), method="get"))
    return show_list(request, department_list(), DEPARTMENTS, acts)


class DutyForm(StaffForm):
    """Which duty, and who (明确专人)."""

    kind = forms.ChoiceField(label=_("职责"), choices=Duty.Kind.choices)
    user = forms.ModelChoiceField(label=pgettext_lazy("one", "人员"), queryset=User.objects.none())

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["user"]
        people.queryset = people_of(department)
        people.label_from_instance = person


class RelieveForm(DutyForm):
    """Whom to relieve of which duty, and why (免去专人)."""

    reason = forms.CharField(label=_("原因"), max_length=200)


@screen("departments/<pid:pid>/", name="department", perm=Perm.DEPARTMENT_VIEW, obj=Department)
def department(request: StaffRequest, obj: Department) -> HttpResponse:
    """Show a department with its duties and, to who may see them, its accounts (部门详情)."""
    asked = asked_placing(obj)
    page = Page(
        title=obj.name,
        state=department_tag(obj) if obj.closed_at else "",
        crumbs=[(pgettext("list", "部门"), href("departments"))],
        facts=_facts(obj),
        blocks=[_duty_block(obj)],
        acts=[*keeping_acts(request, obj, waits=asked is not None), *_duty_acts(request, obj)],
        story=tell(request, obj),
    )
    if obj.closed_at:
        when = {"day": clock.local(obj.closed_at).date(), "reason": obj.closed_reason}
        page.notices.append(("info", _("%(day)s 撤销：%(reason)s。历史记录保留。") % when))
    if asked:
        words = _("变更上级机构的申请待安全管理员决定：%(asked)s")
        page.notices.append(("info", words % {"asked": asked_for(asked)}))
    missing = missing_duties(obj)
    if missing:
        text = _("尚未明确：%(duties)s专人。请部门负责人明确。") % {"duties": listed(missing)}
        page.notices.append(("warn", text))
    people = account_list(request.actor).filter(department=obj).order_by("username")[:200]
    if people:
        page.blocks.append(_people_block(people))
    return page.show(request)


def _facts(obj: Department) -> list[Fact]:
    above = link("department", obj.parent.name, pid=obj.parent.public_id) if obj.parent else "—"
    below = listed(obj.branches.values_list("short_name", flat=True)) or "—"
    return [
        Fact(_("代码"), obj.code),
        Fact(_("统一社会信用代码"), obj.uscc),
        Fact(_("类型"), obj.get_kind_display()),
        Fact(_("简称"), obj.short_name),
        Fact(_("代字"), obj.word),
        Fact(_("行政区划"), obj.region.name),
        Fact(_("上级机构"), above),
        Fact(_("派出机构"), below),
        Fact(_("地址"), obj.address or "—"),
        Fact(_("电话"), obj.phone or "—"),
    ]


def _duty_block(obj: Department) -> Block:
    rows = list(duty_history(obj))
    named_by = names([d.named_by_ref for d in rows])
    return Block(
        _("明确的专人"),
        (_("职责"), _("姓名"), _("明确时间"), _("明确人"), _("状态")),
        [
            (
                d.get_kind_display(),
                d.user.name,
                clock.local(d.named_at).strftime("%Y-%m-%d") if d.named_at else "—",
                who if d.named_by_ref else "—",
                tag(_("在任"), "green") if d.ended_at is None else _relieved(d),
            )
            for d, who in zip(rows, named_by, strict=True)
        ],
        _("尚未明确账号管理、数据录入、信息公示专人。"),
    )


def _relieved(duty: Duty) -> object:
    day = clock.local(duty.ended_at).strftime("%Y-%m-%d") if duty.ended_at else "—"
    words = {"day": day, "reason": duty.ended_reason or "—"}
    return ended(str(_("已免去")), _("%(day)s 免去：%(reason)s") % words)


def _people_block(people: Any) -> Block:
    return Block(
        pgettext("list", "账号"),
        (_("登录名"), _("姓名"), _("角色"), _("状态")),
        [
            (link("account", u.username, pid=u.public_id), u.name, role_words(u), standing(u))
            for u in people
        ],
    )


def _duty_acts(request: StaffRequest, obj: Department) -> list[Act]:
    if obj.closed_at or not may(request.actor, Perm.DUTY_NAME, obj):
        return []
    pid = obj.public_id
    return [
        Act(href("duty-name", pid=pid), _("明确专人"), form=DutyForm(department=obj)),
        Act(
            href("duty-relieve", pid=pid), _("免去专人"), form=RelieveForm(department=obj), tone=""
        ),
    ]


@screen(
    "departments/<pid:pid>/duties/name/",
    name="duty-name",
    perm=Perm.DUTY_NAME,
    obj=Department,
    writes=True,
)
def duty_name(request: StaffRequest, obj: Department) -> HttpResponse:
    """Name a person for a duty (明确专人)."""
    form = DutyForm(request.POST or None, department=obj)

    def name(values: dict[str, Any]) -> Duty:
        return services.name_for_duty(values["user"], values["kind"], actor=request.actor)

    if request.method == "POST" and submit(form, name) is not None:
        messages.success(request, str(_("已明确专人")))
        return redirect("department", pid=obj.public_id)
    return _form(request, obj, form, _("明确专人"))


@screen(
    "departments/<pid:pid>/duties/relieve/",
    name="duty-relieve",
    perm=Perm.DUTY_NAME,
    obj=Department,
    writes=True,
)
def duty_relieve(request: StaffRequest, obj: Department) -> HttpResponse:
    """Relieve a person of a duty (免去专人)."""
    form = RelieveForm(request.POST or None, department=obj)

    def relieve(values: dict[str, Any]) -> Duty:
        return services.relieve_of_duty(
            values["user"], values["kind"], reason=values["reason"], actor=request.actor
        )

    if request.method == "POST" and submit(form, relieve) is not None:
        messages.success(request, str(_("已免去专人")))
        return redirect("department", pid=obj.public_id)
    return _form(request, obj, form, _("免去专人"))


def _form(request: StaffRequest, obj: Department, form: StaffForm, title: Any) -> HttpResponse:
    back = href("department", pid=obj.public_id)
    page = Page(title=title, crumbs=[(obj.name, back)])
    return page.ask(request, form, title, back)
