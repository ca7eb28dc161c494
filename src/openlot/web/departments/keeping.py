"""Keeping the departments (部门登记): registered, amended, placed under another, closed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from openlot.accounts import services
from openlot.accounts.models import AccountRequest, Department, Region, RegulatoryField
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.tasks.services import close_department
from openlot.web.forms import ReasonForm, StaffForm, submit
from openlot.web.page import Act, Page, href
from openlot.web.screens import StaffRequest, screen


class DepartmentForm(StaffForm):
    """What is said of a department (变更部门信息)."""

    name = forms.CharField(label=_("名称"), max_length=80)
    short_name = forms.CharField(label=_("简称"), max_length=40)
    word = forms.CharField(label=_("代字"), max_length=20, help_text=_("用于文书文号"))
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18)
    region = forms.ModelChoiceField(label=_("行政区划"), queryset=Region.objects.none())
    address = forms.CharField(label=_("地址"), max_length=120, required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.all()  # type: ignore[attr-defined]  # a model choice


class AmendForm(DepartmentForm):
    """The same, as it was seen (变更部门信息): whoever is slower is told."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class NewForm(DepartmentForm):
    """A new department (登记部门)."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9]{1,19}$",
        label=_("部门代码"),
        help_text=_("2 至 20 位大写字母或数字，以字母开头，登记后不变"),
    )
    kind = forms.ChoiceField(label=_("类型"), choices=Department.Kind.choices)
    field = forms.ModelChoiceField(
        label=_("监管领域"), queryset=RegulatoryField.objects.none(), required=False
    )
    enforces = forms.BooleanField(label=_("具有行政检查职责"), required=False, initial=True)
    field_order = ("code", "name", "short_name", "word", "uscc", "kind", "region", "field")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].queryset = RegulatoryField.objects.all()  # type: ignore[attr-defined]  # a model choice


class PlaceForm(StaffForm):
    """Under which department it comes, and why (申请变更上级机构)."""

    to_department = forms.ModelChoiceField(
        label=_("上级机构"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("无上级机构"),
    )
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Department.objects.filter(closed_at=None).exclude(pk=department.pk)
        self.fields["to_department"].queryset = others.order_by("code")  # type: ignore[attr-defined]  # a model choice


class CloseForm(ReasonForm):
    """Why it is closed, as it was seen (撤销部门)."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


def keeping_acts(request: StaffRequest, obj: Department, *, waits: bool) -> list[Act]:
    """Return what may be done with a department that stands (部门登记操作).

    waits     whether another place is asked for already
    """
    if obj.closed_at or not may(request.actor, Perm.DEPARTMENT_REGISTER, obj):
        return []
    pid, seen = obj.public_id, {"revision": obj.revision}
    acts = [Act(href("department-edit", pid=pid), _("变更部门信息"), method="get")]
    if not waits:
        place = PlaceForm(department=obj, initial={"to_department": obj.parent_id})
        acts.append(Act(href("department-place", pid=pid), _("申请变更上级机构"), place, tone=""))
    close = CloseForm(initial=seen)
    return [*acts, Act(href("department-close", pid=pid), _("撤销部门"), close, tone="danger")]


@screen("departments/new/", name="department-new", perm=Perm.DEPARTMENT_REGISTER, writes=True)
def department_new(request: StaffRequest) -> HttpResponse:
    """Register a department (登记部门)."""
    form = NewForm(request.POST or None)

    def register(values: dict[str, Any]) -> Department:
        return services.register_department(actor=request.actor, **values)

    made = submit(form, register) if request.method == "POST" else None
    if made is not None:
        messages.success(request, str(_("已登记部门")))
        return redirect("department", pid=made.public_id)
    page = Page(title=_("登记部门"), crumbs=[(pgettext("list", "部门"), href("departments"))])
    page.notices.append(
        ("info", _("上级机构登记后另行申请，由安全管理员决定：上级机构可以查看本部门的数据。"))
    )
    return page.ask(request, form, _("登记"), href("departments"))


@screen(
    "departments/<pid:pid>/edit/",
    name="department-edit",
    perm=Perm.DEPARTMENT_REGISTER,
    obj=Department,
    writes=True,
)
def department_edit(request: StaffRequest, obj: Department) -> HttpResponse:
    """Amend what is said of a department (变更部门信息)."""
    known = {name: getattr(obj, name) for name in (*services.AMENDABLE, "revision")}
    form = AmendForm(request.POST or None, initial=known)

    def amend(values: dict[str, Any]) -> Department:
        seen = values.pop("revision")
        return services.amend_department(obj, at_revision=seen, actor=request.actor, **values)

    if request.method == "POST" and submit(form, amend) is not None:
        messages.success(request, str(_("已变更部门信息")))
        return redirect("department", pid=obj.public_id)
    return _form(request, obj, form, _("变更部门信息"))


@screen(
    "departments/<pid:pid>/place/",
    name="department-place",
    perm=Perm.DEPARTMENT_REGISTER,
    obj=Department,
    writes=True,
)
def department_place(request: StaffRequest, obj: Department) -> HttpResponse:
    """Ask to put a department under another (申请变更上级机构); the security administrator decides."""
    form = PlaceForm(request.POST or None, department=obj)

    def ask(values: dict[str, Any]) -> AccountRequest:
        return services.request_placing(
            obj, values["to_department"], reason=values["reason"], actor=request.actor
        )

    made = submit(form, ask) if request.method == "POST" else None
    if made is not None:
        return redirect("account-request", pid=made.public_id)
    return _form(request, obj, form, _("申请变更上级机构"))


@screen(
    "departments/<pid:pid>/close/",
    name="department-close",
    perm=Perm.DEPARTMENT_REGISTER,
    obj=Department,
    writes=True,
)
def department_close(request: StaffRequest, obj: Department) -> HttpResponse:
    """Close a department (撤销部门) that nothing waits for."""
    form = CloseForm(request.POST or None, initial={"revision": obj.revision})

    def close(values: dict[str, Any]) -> Department:
        return close_department(
            obj, reason=values["reason"], at_revision=values["revision"], actor=request.actor
        )

    if request.method == "POST" and submit(form, close) is not None:
        messages.success(request, str(_("已撤销部门")))
        return redirect("department", pid=obj.public_id)
    return _form(request, obj, form, _("撤销部门"))


def _form(request: StaffRequest, obj: Department, form: StaffForm, title: Any) -> HttpResponse:
    back = href("department", pid=obj.public_id)
    page = Page(title=title, crumbs=[(obj.name, back)])
    return page.ask(request, form, title, back)
