"""The menu (菜单): what the person may see, and nothing else."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlot.kernel.actor import Actor
from openlot.rights.access import holds
from openlot.rights.perms import Perm


class Entry(NamedTuple):
    """One line of the menu (菜单项)."""

    title: str | Promise
    name: str
    perm: Perm
    area: str


MENU = (
    Entry(_("工作台"), "desk", Perm.DESK_VIEW, "/desk"),
    Entry(_("随机抽查事项清单"), "items", Perm.ITEM_VIEW, "/items"),
    Entry(_("检查对象名录库"), "targets", Perm.TARGET_VIEW, "/targets"),
    Entry(_("执法检查人员名录库"), "inspectors", Perm.INSPECTOR_VIEW, "/inspectors"),
    Entry(_("年度抽查工作计划"), "plans", Perm.PLAN_VIEW, "/plans"),
    Entry(pgettext_lazy("list", "抽查任务"), "tasks", Perm.TASK_VIEW, "/tasks"),
    Entry(_("抽签日"), "days", Perm.DAY_VIEW, "/days"),
    Entry(_("递补与改派"), "amendments", Perm.AMEND_VIEW, "/amendments"),
    Entry(_("排除与作废"), "draw-ledger", Perm.DRAW_VIEW, "/draws/ledger"),
    Entry(_("检查"), "inspections", Perm.INSPECTION_VIEW, "/inspections"),
    Entry(pgettext_lazy("list", "检查结果"), "results", Perm.RESULT_VIEW, "/results"),
    Entry(_("公示"), "published", Perm.DESK_VIEW, "/published"),
    Entry(_("全程留痕"), "trail", Perm.TRAIL_VIEW, "/trail"),
    Entry(_("我的留痕"), "my-acts", Perm.DESK_VIEW, "/my-acts"),
    Entry(_("个人信息销毁"), "erasures", Perm.TRAIL_SHRED, "/erasures"),
    Entry(_("应急查看记录"), "emergencies", Perm.EMERGENCY_VIEW, "/emergencies"),
    Entry(_("登录安全"), "factor-resets", Perm.FACTOR_RESET_VIEW, "/security"),
    Entry(_("应急查看"), "emergency", Perm.EMERGENCY_ASK, "/emergency/"),
    Entry(_("政策参数"), "policies", Perm.POLICY_VIEW, "/policies"),
    Entry(_("后台任务"), "jobs", Perm.JOB_VIEW, "/jobs"),
    Entry(pgettext_lazy("list", "账号"), "accounts", Perm.ACCOUNT_VIEW, "/accounts"),
    Entry(_("账号申请"), "account-requests", Perm.REQUEST_VIEW, "/account-requests"),
    Entry(pgettext_lazy("list", "部门"), "departments", Perm.DEPARTMENT_VIEW, "/departments"),
)


def menu(actor: Actor, path: str) -> list[dict[str, object]]:
    """Return the menu of a person (本人菜单), the current line marked."""
    return [
        {"title": e.title, "url": reverse(e.name), "current": path.startswith(e.area)}
        for e in MENU
        if holds(actor, e.perm)
    ]
