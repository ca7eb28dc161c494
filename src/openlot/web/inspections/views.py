"""Inspections (检查): find by code, check in, serve, go on to the record."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openlot.inspections.models import Inspection, InspectionState, ServiceReceipt, Visit
from openlot.inspections.selectors import (
    PENDING,
    by_check_code,
    inspection_list,
    leavers,
    officers,
    visits_in_year,
)
from openlot.inspections.services import check_in, serve_notice
from openlot.kernel.marks import listed
from openlot.privacy.personal import masked
from openlot.results.models import InspectionResult
from openlot.rights.access import holds, may
from openlot.rights.perms import Perm
from openlot.web.clocks import result_clock_tags
from openlot.web.forms import submit
from openlot.web.inspections.forms import CheckInForm, CodeForm, ServeForm
from openlot.web.lists import Column, Filter, ListSpec, show_list
from openlot.web.page import Act, Block, Fact, Page, days, href, link, tag
from openlot.web.privacy.acts import reveal_act
from openlot.web.screens import StaffRequest, screen
from openlot.web.trail.stories import tell

TONES = {"ready": "gold", "inspecting": "blue", "ended": "green", "cancelled": "grey"}


def state_tag(inspection: Inspection) -> str:
    """Return an inspection's state as a tag (检查状态)."""
    return tag(inspection.get_state_display(), TONES[inspection.state])


INSPECTIONS = ListSpec(
    title=gettext_lazy("检查"),
    columns=(
        Column(
            gettext_lazy("编号"),
            lambda i: link("inspection", i.number, pid=i.public_id),
            sort="number",
        ),
        Column(gettext_lazy("检查对象"), lambda i: i.target.name, sort="target__name"),
        Column(
            gettext_lazy("乡镇街道"), lambda i: i.target.region.name if i.target.region else "—"
        ),
        Column(gettext_lazy("任务"), lambda i: i.task.name),
        Column(gettext_lazy("通知书"), lambda i: i.notice_no),
        Column(gettext_lazy("检查结束"), lambda i: i.ended_on or "—", sort="ended_on"),
        Column(gettext_lazy("状态"), state_tag),
    ),
    filters=(
        Filter("state", gettext_lazy("状态"), InspectionState.choices, "state"),
        Filter(
            "officer",
            gettext_lazy("检查人员"),
            (("True", gettext_lazy("已离岗，待改派")),),
            "officer_left",
        ),
    ),
    search=("number", "target__name", "target__code", "notice_no"),
    search_hint=gettext_lazy("编号、名称、代码或文号"),
    order=("-task_id", "serial"),
    empty=gettext_lazy("没有指派给您的检查。"),
)


def with_task() -> QuerySet[Inspection]:
    """Return the inspections with what their page shows (检查及其任务)."""
    return Inspection.objects.select_related("task__department", "target__region", "draw")


@screen("inspections/", name="inspections", perm=Perm.INSPECTION_VIEW, log_reads=True)
def inspections(request: StaffRequest) -> HttpResponse:
    """List the inspections (检查列表)."""
    acts = [Act(href("inspection-find"), _("输入查验码"), method="get")]
    return show_list(request, inspection_list(request.actor), INSPECTIONS, acts)


@screen("inspections/find/", name="inspection-find", perm=Perm.INSPECTION_VIEW, writes=True)
def find(request: StaffRequest) -> HttpResponse:
    """Find an inspection by the code of its notice (按查验码查找)."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = by_check_code(request.actor, form.cleaned_data["code"])
        return redirect("inspection", pid=found.public_id)
    page = Page(title=_("输入查验码"), crumbs=[(_("检查"), href("inspections"))])
    return page.ask(request, form, _("查找"), href("inspections"))


@screen("c/<str:code>/", name="inspection-code", perm=Perm.INSPECTION_VISIT)
def scanned(request: StaffRequest, code: str) -> HttpResponse:
    """Open the record that a notice's QR names (扫码入企)."""
    return redirect("inspection", pid=by_check_code(request.actor, code).public_id)


def _before_the_visit(_request: StaffRequest, obj: Inspection) -> bool:
    return obj.state == InspectionState.READY


@screen(
    "inspections/<pid:pid>/",
    name="inspection",
    perm=Perm.INSPECTION_VIEW,
    obj=with_task,
    log_reads=_before_the_visit,
)
def inspection(request: StaffRequest, obj: Inspection) -> HttpResponse:
    """Show an inspection: officers, visits, results, clocks (检查详情)."""
    results = list(obj.results.select_related("department", "inspection__task"))
    people = [
        (
            name,
            listed(f"{a.inspector.name}{_('（组长）') if a.is_leader else ''}" for a in rows),
            listed(masked(a.inspector, "certificate_no") for a in rows),
        )
        for name, rows in officers(obj).items()
    ]
    visits = visits_in_year([obj.target.code], obj.task.window_to_on.year)
    page = Page(
        title=obj.target.name,
        state=state_tag(obj),
        subtitle=f"{obj.number} · {obj.notice_no}",
        crumbs=[
            (_("检查"), href("inspections")),
            (obj.task.name, href("task", pid=obj.task.public_id)),
        ]
        if may(request.actor, Perm.TASK_VIEW, obj.task)
        else [(_("检查"), href("inspections"))],
        acts=_acts(request, obj, results),
        facts=[
            Fact(_("代码"), obj.target.code),
            Fact(_("地址"), obj.target.address or "—"),
            Fact(_("负责人"), masked(obj.target, "legal_representative") or "—"),
            Fact(_("联系电话"), masked(obj.target, "phone") or "—"),
            Fact(_("检查时间"), days(obj.task.window_from_on, obj.task.window_to_on)),
            Fact(_("本年度入企次数"), visits.get(obj.target.code, 0)),
            Fact(_("检查结束"), obj.ended_on or "—"),
        ],
        blocks=[
            Block(_("检查人员（随机匹配）"), (_("部门"), _("姓名"), _("执法证号")), people),
            Block(
                _("各部门结果"),
                (_("部门"), _("状态"), _("结果"), _("公示时限")),
                _result_rows(results),
                _("尚未制发检查文书。"),
            ),
            Block(
                _("入企登记"),
                (_("部门"), _("人员"), _("时间"), _("异常说明")),
                [
                    (
                        v.department.short_name,
                        v.checked_in_by.name,
                        v.checked_in_at.astimezone().strftime("%Y-%m-%d %H:%M"),
                        v.exception or "—",
                    )
                    for v in obj.visits.select_related("department", "checked_in_by")
                ],
                _("尚未入企。"),
            ),
        ],
        story=tell(request, obj, *results),
    )
    if obj.state == InspectionState.CANCELLED:
        words = _("%(draw)s 已作废：%(reason)s。本次检查随之取消，不再送达和入企。")
        page.notices.append(("bad", words % {"draw": obj.draw, "reason": obj.draw.void_reason}))
    if left := [officer.name for officer in leavers(obj)]:
        words = _("检查人员 %(names)s 已离岗，检查前须申请改派。")
        page.notices.append(("warn", words % {"names": listed(left)}))
    return page.show(request)


def _result_rows(results: list[InspectionResult]) -> list[tuple[object, ...]]:
    return [
        (
            result.department.name,
            link("result", result.get_state_display(), pid=result.public_id),
            listed(result.codes) or "—",
            tag,
        )
        for result, tag in zip(results, result_clock_tags(results), strict=True)
    ]


def _acts(
    request: StaffRequest, inspection: Inspection, results: list[InspectionResult]
) -> list[Act]:
    pid, actor = inspection.public_id, request.actor
    acts: list[Act] = []
    mine = inspection.assignments.filter(inspector__user_id=actor.user_key).first()
    if mine is not None and inspection.state in PENDING:
        entered = inspection.visits.filter(department_id=mine.department_id).exists()
        if not entered:
            acts.append(Act(href("inspection-enter", pid=pid), _("扫码入企"), method="get"))
        own = next((r for r in results if r.department_id == mine.department_id), None)
        if entered and own is not None and own.state in ("not_recorded", "returned"):
            acts.append(
                Act(href("result-record", pid=own.public_id), _("录入检查结果"), method="get")
            )
        if not ServiceReceipt.objects.filter(inspection=inspection).exists():
            acts.append(Act(href("inspection-serve", pid=pid), _("登记送达"), ServeForm(), tone=""))
    elif mine is not None:
        own = next((r for r in results if r.department_id == mine.department_id), None)
        if own is not None and own.state == "returned":
            acts.append(
                Act(href("result-record", pid=own.public_id), _("修改检查结果"), method="get")
            )
    acts += _amending(request, inspection)
    if may(actor, Perm.INSPECTION_REVEAL, inspection):
        acts.append(reveal_act("inspection", inspection))
    if may(actor, Perm.PAPER_PRINT, inspection):
        acts.append(Act(href("inspection-papers", pid=pid), _("打印文书"), method="get", tone=""))
    return acts


def _amending(request: StaffRequest, inspection: Inspection) -> list[Act]:
    """Offer a replacement to the lead and a re-matching to each department of an officer."""
    pid, actor, acts = inspection.public_id, request.actor, []
    if not holds(actor, Perm.AMEND_REQUEST) or not may(actor, Perm.AMEND_REQUEST, inspection):
        return []
    if inspection.state == InspectionState.CANCELLED:
        return []
    if inspection.task.department_id == actor.department_id:
        acts.append(Act(href("inspection-replace", pid=pid), _("申请递补"), method="get", tone=""))
    own = inspection.assignments.filter(department_id=actor.department_key)
    if inspection.state == "ready" and own.exists():
        acts.append(Act(href("inspection-rematch", pid=pid), _("申请改派"), method="get", tone=""))
    return acts


@screen(
    "inspections/<pid:pid>/enter/",
    name="inspection-enter",
    perm=Perm.INSPECTION_VISIT,
    obj=with_task,
    writes=True,
)
def enter(request: StaffRequest, obj: Inspection) -> HttpResponse:
    """Check in at the premises (扫码入企)."""
    form = CheckInForm(request.POST or None)

    def act(values: dict[str, Any]) -> Visit:
        return check_in(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, act) is not None:
        return redirect("inspection", pid=obj.public_id)
    names = [
        (a.inspector.name, a.inspector.certificate_no)
        for rows in officers(obj).values()
        for a in rows
    ]
    page = Page(
        title=_("扫码入企 · %s") % obj.target.name,
        crumbs=[(obj.number, href("inspection", pid=obj.public_id))],
        blocks=[Block(_("请向被检查单位出示以下证件"), (_("姓名"), _("执法证号")), names)],
    )
    return page.ask(request, form, _("确认入企"), href("inspection", pid=obj.public_id))


@screen(
    "inspections/<pid:pid>/serve/",
    name="inspection-serve",
    perm=Perm.INSPECTION_VISIT,
    obj=with_task,
    writes=True,
)
def serve(request: StaffRequest, obj: Inspection) -> HttpResponse:
    """Record the service of the notice (登记送达)."""
    form = ServeForm(request.POST or None)

    def act(values: dict[str, str]) -> ServiceReceipt:
        return serve_notice(obj, actor=request.actor, **values)

    if request.method == "POST" and submit(form, act) is not None:
        return redirect("inspection", pid=obj.public_id)
    page = Page(title=_("登记送达"), crumbs=[(obj.number, href("inspection", pid=obj.public_id))])
    return page.ask(request, form, _("登记"), href("inspection", pid=obj.public_id))
