"""What an entry is about (留痕对象): its kind in words, its name, and the page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlot.kernel.actor import Actor
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.trail.subjects import by_kind
from openlot.web.page import href

Text = str | Promise

KINDS: dict[str, tuple[Text, str, Perm | None]] = {
    "accounts.Department": (_("部门"), "department", Perm.DEPARTMENT_VIEW),
    "accounts.User": (_("账号"), "account", Perm.ACCOUNT_VIEW),
    "accounts.AccountRequest": (_("账号申请"), "account-request", Perm.REQUEST_VIEW),
    "draws.Amendment": (pgettext_lazy("one", "递补与改派"), "amendment", Perm.AMEND_VIEW),
    "draws.Anchor": (_("外部存证"), "anchor", Perm.DRAW_VIEW),
    "draws.Draw": (pgettext_lazy("one", "抽取"), "draw", Perm.DRAW_VIEW),
    "draws.Extension": (_("补充抽取"), "extension", Perm.AMEND_VIEW),
    "drawing_days.DrawingDay": (pgettext_lazy("one", "抽签日"), "day", Perm.DAY_VIEW),
    "inspections.Inspection": (pgettext_lazy("one", "检查"), "inspection", Perm.INSPECTION_VIEW),
    "items.InspectionItem": (pgettext_lazy("one", "抽查事项"), "item", Perm.ITEM_VIEW),
    "jobs.Job": (_("后台任务"), "job", Perm.JOB_VIEW),
    "plans.AnnualPlan": (pgettext_lazy("one", "年度抽查工作计划"), "plan", Perm.PLAN_VIEW),
    "policies.Policy": (pgettext_lazy("one", "政策参数"), "policy", Perm.POLICY_VIEW),
    "publication.PublicRecord": (_("公示"), "", None),
    "registers.ImportBatch": (_("导入批次"), "import", Perm.TARGET_EDIT),
    "registers.InspectionTarget": (pgettext_lazy("one", "检查对象"), "target", Perm.TARGET_VIEW),
    "registers.Inspector": (pgettext_lazy("one", "执法检查人员"), "inspector", Perm.INSPECTOR_VIEW),
    "results.FollowUp": (_("后续处置"), "", Perm.RESULT_VIEW),
    "results.InspectionResult": (_("检查结果"), "result", Perm.RESULT_VIEW),
    "signin.Attempt": (_("登录尝试"), "", None),
    "signin.EmergencyView": (_("应急查看"), "emergency-view", Perm.EMERGENCY_VIEW),
    "signin.FactorReset": (_("认证因子重置"), "factor-reset", Perm.FACTOR_RESET_VIEW),
    "tasks.InspectionTask": (_("抽查任务"), "task", Perm.TASK_VIEW),
    "tasks.Participation": (_("参与部门"), "", Perm.TASK_VIEW),
    "trail.Entry": (_("留痕"), "trail", Perm.TRAIL_VIEW),
}

# What the name of an object is made of, fetched with it.
_NAMED_AFTER: dict[str, tuple[str, ...]] = {
    "draws.Amendment": ("draw",),
    "draws.Anchor": ("draw",),
    "draws.Extension": ("first",),
    "results.FollowUp": ("result__inspection", "result__department"),
    "results.InspectionResult": ("inspection", "department"),
    "signin.EmergencyView": ("user",),
    "signin.FactorReset": ("user",),
    "tasks.Participation": ("task", "department"),
}

# What people call an object, where its own name is one of the machine room.
_CALLED: dict[str, Callable[[Any], str]] = {
    "jobs.Job": lambda _job: "",
    "signin.EmergencyView": lambda view: view.user.name,
    "signin.FactorReset": lambda reset: reset.user.name,
    "trail.Entry": lambda entry: str(entry.pk),
}


def subject_words(subjects: Iterable[str], actor: Actor) -> dict[str, SafeString]:
    """Return what entries are about (留痕对象), with a link where ``actor`` may open the page.

    An object that the person may not see, or no longer sees, is told by its kind alone.
    """
    found: dict[str, SafeString] = {}
    for label, names in by_kind(subjects).items():
        kind, page, perm = KINDS.get(label, (label, "", None))
        shown = _shown(label, names, perm, actor)
        for name in names:
            text = f"{kind} {shown[name]}".rstrip() if name in shown else str(kind)
            found[f"{label}:{name}"] = (
                format_html('<a href="{}">{}</a>', _address(page, name), text)
                if page and name in shown
                else format_html("{}", text)
            )
    return found


def _address(page: str, name: str) -> str:
    """Return the page of an object; an entry has none of its own, and is looked for by its number."""
    return f"{href(page)}?q={name}" if page == "trail" else href(page, pid=name)


def _shown(label: str, names: list[str], perm: Perm | None, actor: Actor) -> dict[str, str]:
    """Return the names of those objects that the person may see, by public number."""
    if perm is None:
        return {}
    model: type[Model] = apps.get_model(label)
    rows: QuerySet[Model] = visible(actor, perm, model._default_manager.all())
    if label in _NAMED_AFTER:
        rows = rows.select_related(*_NAMED_AFTER[label])
    key = "public_id" if hasattr(model, "public_id") else "pk"
    called = _CALLED.get(label, str)
    return {str(getattr(row, key)): called(row) for row in rows.filter(**{f"{key}__in": names})}
