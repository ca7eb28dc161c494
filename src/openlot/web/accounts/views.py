"""Departments, their named persons and their people (部门)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from openlot.accounts.models import Department
from openlot.accounts.selectors import account_list, department_list
from openlot.kernel.actor import Role
from openlot.rights.perms import Perm
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Block, Fact, Page, href, link, tag
from openlot.web.screens import StaffRequest, screen

DEPARTMENTS = ListSpec(
    title=pgettext_lazy("list", "部门"),
    columns=(
        Column(_("名称"), lambda d: link("department", d.name, pid=d.public_id), sort="name"),
        Column(_("代码"), lambda d: d.code, sort="code"),
        Column(_("类型"), lambda d: d.get_kind_display()),
        Column(_("监管领域"), lambda d: d.field.name if d.field else "—"),
        Column(_("代字"), lambda d: d.word),
        Column(_("账号数"), lambda d: d.n_users, number=True),
    ),
    filters=(Filter("kind", _("类型"), Department.Kind.choices, "kind"),),
    search=("name", "code"),
    search_hint=_("名称或代码"),
    order=("code",),
    empty=_("尚未登记部门。"),
)


@screen("departments/", name="departments", perm=Perm.DEPARTMENT_VIEW)
def departments(request: StaffRequest) -> HttpResponse:
    """List the departments (部门列表)."""
    return show_list(request, department_list(), DEPARTMENTS)


@screen("departments/<pid:pid>/", name="department", perm=Perm.DEPARTMENT_VIEW, obj=Department)
def department(request: StaffRequest, obj: Department) -> HttpResponse:
    """Show a department with its duties and, to who may see them, its accounts (部门详情)."""
    duties = [
        (d.get_kind_display(), d.user.name)
        for d in obj.duties.filter(ended_at=None).select_related("user")
    ]
    people = [
        (
            u.username,
            u.name,
            "、".join(str(Role(g.role).label) for g in u.grants.all() if not g.revoked_at),
            tag(_("在用"), "green") if u.is_active else tag(_("停用")),
        )
        for u in account_list(request.actor).filter(department=obj)[:200]
    ]
    page = Page(
        title=obj.name,
        crumbs=[(pgettext("list", "部门"), href("departments"))],
        facts=[
            Fact(_("代码"), obj.code),
            Fact(_("统一社会信用代码"), obj.uscc),
            Fact(_("类型"), obj.get_kind_display()),
            Fact(_("代字"), obj.word),
            Fact(_("地址"), obj.address or "—"),
            Fact(_("电话"), obj.phone or "—"),
        ],
        blocks=[
            Block(
                _("明确的专人"),
                (_("职责"), _("姓名")),
                duties,
                _("尚未明确账号管理、数据录入、信息公示专人。"),
            )
        ],
    )
    if people:
        page.blocks.append(Block(_("账号"), (_("账号"), _("姓名"), _("角色"), _("状态")), people))
    return page.show(request)
