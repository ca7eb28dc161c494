"""The register of targets (检查对象名录库): list, import, single entry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.accounts.models import Department
from openlot.exchange.importing import hand_in
from openlot.exchange.target_sheet import HEADINGS
from openlot.inspections.models import Inspection
from openlot.jobs.selectors import latest_job
from openlot.privacy.personal import masked
from openlot.registers.models import (
    ImportBatch,
    InspectionTarget,
    RegistrationStatus,
    TargetKind,
    TargetState,
)
from openlot.registers.search import find_targets
from openlot.registers.selectors import import_batches, import_key, target_list
from openlot.registers.services import add_target
from openlot.rights.access import holds, may, visible
from openlot.rights.perms import Perm
from openlot.web.forms import submit
from openlot.web.jobs.progress import progress_of
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, href, link, tag
from openlot.web.privacy.acts import reveal_act
from openlot.web.registers import inspectors as _inspectors  # noqa: F401  # registers its screens
from openlot.web.registers import receipts as _receipts  # noqa: F401  # registers its screen
from openlot.web.registers.forms import ImportForm, TargetForm, townships
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import tell


def target_state(target: InspectionTarget) -> str:
    """Return a target's state as a tag (在库状态)."""
    return tag(target.get_state_display(), "green" if target.is_drawable else "grey")


def _spec(with_credit: bool) -> ListSpec:
    columns = [
        Column(
            gettext_lazy("名称"), lambda t: link("target", t.name, pid=t.public_id), sort="name"
        ),
        Column(gettext_lazy("代码"), lambda t: t.code, sort="code"),
        Column(gettext_lazy("种类"), lambda t: t.get_kind_display()),
        Column(gettext_lazy("乡镇街道"), lambda t: t.region.name if t.region else "—"),
        Column(gettext_lazy("行业"), lambda t: t.industry or "—"),
        Column(gettext_lazy("许可"), lambda t: t.licence_name or "—"),
        Column(gettext_lazy("登记状态"), lambda t: t.get_registration_status_display()),
        Column(gettext_lazy("在库状态"), target_state),
    ]
    filters = [
        Filter("kind", gettext_lazy("种类"), TargetKind.choices, "kind"),
        Filter("state", gettext_lazy("在库状态"), TargetState.choices, "state"),
        Filter(
            "status", gettext_lazy("登记状态"), RegistrationStatus.choices, "registration_status"
        ),
        Filter(
            "region",
            gettext_lazy("乡镇街道"),
            [(r.code, r.name) for r in townships()],
            "region__code",
        ),
    ]
    if with_credit:
        columns.insert(6, Column(gettext_lazy("信用风险"), lambda t: t.credit_class or "—"))
        filters.append(
            Filter("credit", gettext_lazy("信用风险"), [(c, c) for c in "ABCD"], "credit_class")
        )
    return ListSpec(
        title=gettext_lazy("检查对象名录库"),
        columns=columns,
        filters=filters,
        find=find_targets,
        search_hint=gettext_lazy("名称、代码或拼音首字母"),
        order=("pk",),
        empty=gettext_lazy("名录库还是空的。数据录入专人可批量导入或单户录入。"),
        export=Perm.TARGET_EXPORT,
    )


def _shows_classes(request: StaffRequest, _obj: object) -> bool:
    return holds(request.actor, Perm.CREDIT_VIEW)


@screen("targets/", name="targets", perm=Perm.TARGET_VIEW, log_reads=_shows_classes)
def targets(request: StaffRequest) -> HttpResponse:
    """List the targets (检查对象列表)."""
    acts = []
    if holds(request.actor, Perm.TARGET_EDIT):
        acts = [
            Act(href("target-import"), _("批量导入"), method="get"),
            Act(href("target-new"), _("单户录入"), method="get", tone=""),
            Act(href("imports"), _("导入记录"), method="get", tone=""),
        ]
    spec = _spec(holds(request.actor, Perm.CREDIT_VIEW))
    return show_list(request, target_list(request.actor), spec, acts)


@screen(
    "targets/<pid:pid>/",
    name="target",
    perm=Perm.TARGET_VIEW,
    obj=InspectionTarget,
    log_reads=_shows_classes,
)
def target(request: StaffRequest, obj: InspectionTarget) -> HttpResponse:
    """Show a target (检查对象详情)."""
    credit = [Fact(_("信用风险等级（内部参考）"), obj.credit_class or _("未评定"))]
    of_business = Inspection.objects.filter(target__code=obj.code).select_related("task")
    inspections = [
        (link("inspection", i.number, pid=i.public_id), i.task.name, i.get_state_display())
        for i in visible(request.actor, Perm.INSPECTION_VIEW, of_business)[:50]
    ]
    return Page(
        title=obj.name,
        state=target_state(obj),
        subtitle=obj.code,
        crumbs=[(_("检查对象名录库"), href("targets"))],
        acts=_acts(request, obj),
        facts=[
            Fact(_("种类"), obj.get_kind_display()),
            Fact(_("统一社会信用代码"), obj.uscc or "—"),
            Fact(_("注册号"), obj.registration_no or "—"),
            Fact(_("登记状态"), obj.get_registration_status_display()),
            Fact(_("成立日期"), obj.founded_on or "—"),
            Fact(_("乡镇街道"), obj.region or "—"),
            Fact(_("行业"), obj.industry or "—"),
            Fact(_("许可证"), f"{obj.licence_name} {obj.licence_no}".strip() or "—"),
            *(credit if may(request.actor, Perm.CREDIT_VIEW, obj) else []),
            Fact(_("负责部门"), obj.department.name),
            Fact(_("法定代表人（负责人）"), masked(obj, "legal_representative") or "—"),
            Fact(_("联系电话"), masked(obj, "phone") or "—"),
            Fact(_("住所"), obj.address or "—", wide=True),
        ],
        blocks=[
            Block(
                _("历次检查"),
                (_("编号"), _("任务"), _("状态")),
                inspections,
                _("本年度尚未被抽中。"),
            )
        ],
        story=tell(request, obj),
    ).show(request)


def _acts(request: StaffRequest, obj: InspectionTarget) -> list[Act]:
    acts = []
    if may(request.actor, Perm.RECEIPT_ISSUE, obj):
        look = href("target-receipt", pid=obj.public_id)
        acts.append(Act(look, _("出具抽取回执"), method="get", tone=""))
    if may(request.actor, Perm.TARGET_REVEAL, obj):
        acts.append(reveal_act("target", obj))
    return acts


@screen("targets/new/", name="target-new", perm=Perm.TARGET_EDIT, writes=True)
def target_new(request: StaffRequest) -> HttpResponse:
    """Enter one target by hand (单户录入)."""
    form = TargetForm(request.POST or None)

    def add(values: dict[str, Any]) -> InspectionTarget:
        own = Department.objects.get(pk=request.actor.department_key)
        return add_target(department=own, values=values, actor=request.actor)

    made = submit(form, add) if request.method == "POST" else None
    if made is not None:
        return redirect("target", pid=made.public_id)
    page = Page(title=_("单户录入"), crumbs=[(_("检查对象名录库"), href("targets"))])
    return page.ask(request, form, _("录入"), href("targets"))


@screen("targets/import/", name="target-import", perm=Perm.TARGET_EDIT, writes=True)
def target_import(request: StaffRequest) -> HttpResponse:
    """Import a register file (批量导入)."""
    form = ImportForm(request.POST or None, request.FILES or None)

    def take(values: dict[str, Any]) -> ImportBatch:
        name, content = values["file"]
        own = Department.objects.get(pk=request.actor.department_key)
        return hand_in(own, content, name, actor=request.actor)

    batch = submit(form, take) if request.method == "POST" else None
    if batch is not None:
        words = _("文件已导入") if batch.finished_at else _("文件已接收，正在后台分批导入")
        messages.success(request, words)
        return redirect("import", pid=batch.public_id)
    page = Page(
        title=_("批量导入检查对象"),
        crumbs=[(_("检查对象名录库"), href("targets"))],
        notices=[
            (
                "info",
                _("好的行直接入库，有问题的行逐条列出原因和改法；同一文件重复导入不会产生变化。"),
            )
        ],
    )
    return page.ask(request, form, _("导入"), href("targets"))


IMPORTS = ListSpec(
    title=gettext_lazy("导入记录"),
    columns=(
        Column(gettext_lazy("时间"), lambda b: b.at.astimezone().strftime("%Y-%m-%d %H:%M")),
        Column(gettext_lazy("文件"), lambda b: link("import", b.file_name, pid=b.public_id)),
        Column(gettext_lazy("部门"), lambda b: b.department.short_name),
        Column(gettext_lazy("行数"), lambda b: b.n_rows, number=True),
        Column(gettext_lazy("新增"), lambda b: b.n_added, number=True),
        Column(gettext_lazy("更新"), lambda b: b.n_updated, number=True),
        Column(gettext_lazy("无变化"), lambda b: b.n_unchanged, number=True),
        Column(gettext_lazy("待核"), lambda b: b.n_quarantined, number=True),
    ),
    empty=gettext_lazy("还没有导入过文件。"),
)


@screen("imports/", name="imports", perm=Perm.TARGET_EDIT)
def imports(request: StaffRequest) -> HttpResponse:
    """List the imports (导入记录)."""
    return show_list(request, import_batches(request.actor), IMPORTS)


QUARANTINE = ListSpec(
    title=gettext_lazy("待核数据"),
    columns=(
        Column(gettext_lazy("行号"), lambda q: q.row, number=True, sort="row"),
        Column(gettext_lazy("列"), lambda q: q.field),
        Column(
            gettext_lazy("名称"),
            lambda q: next((q.values[h] for h in HEADINGS["name"] if h in q.values), ""),
        ),
        Column(gettext_lazy("问题"), lambda q: q.message),
        Column(gettext_lazy("改法"), lambda q: q.mend),
    ),
    order=("row", "pk"),
)


NOTHING = {
    False: gettext_lazy("没有待核数据，全部行都已入库。"),
    True: gettext_lazy("导入未完成，请按上面的原因处理后重新导入。"),
}


@screen("imports/<pid:pid>/", name="import", perm=Perm.TARGET_EDIT, obj=ImportBatch)
def import_batch(request: StaffRequest, obj: ImportBatch) -> HttpResponse:
    """Show what came of an import, every bad row with its mend (导入结果)."""
    facts = [
        Fact(_("文件"), obj.file_name),
        Fact(_("部门"), obj.department.short_name),
        Fact(_("行数"), obj.n_rows or "—"),
        Fact(_("新增"), obj.n_added),
        Fact(_("更新"), obj.n_updated),
        Fact(_("无变化"), obj.n_unchanged),
        Fact(_("待核"), obj.n_quarantined),
    ]
    if obj.finished_at is None:
        job = latest_job(import_key(obj.department, obj.file_sha256))
        progress = progress_of(job, _("正在导入：%(done)s / %(total)s 行"))
        crumbs = [(_("导入记录"), href("imports"))]
        page = Page(title=_("导入 %s") % obj.file_name, crumbs=crumbs, facts=facts)
        return page.show(request, "web/working.html", progress=progress)
    return show_list(
        request,
        obj.quarantined.all(),
        replace(QUARANTINE, title=_("导入 %s") % obj.file_name, empty=NOTHING[bool(obj.refusal)]),
        facts=facts,
        notices=[("bad", obj.refusal)] if obj.refusal else [],
    )
