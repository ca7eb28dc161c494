"""The cover of a due-diligence pack (尽职材料包封面): what was done, by which rule, and whether in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.conf import settings

from openlot.accounts.models import User
from openlot.documents.papers import PackDraw, PackPaper, Row
from openlot.draws.models import Amendment, Draw
from openlot.draws.selectors import assessment, visited_targets
from openlot.inspections.models import Inspection
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.record import on_record
from openlot.policies.selectors import result_codes_of
from openlot.results.models import FollowUp, InspectionResult
from openlot.results.selectors import task_clock
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.rules.clocks import ClockState
from openlot.tasks.models import InspectionTask


@on_record
def cover(
    task: InspectionTask, chronicle: Sequence[Row], *, actor: Actor, as_of: datetime
) -> PackPaper:
    """Return what the cover says (封面内容) to ``actor``; papers speak Chinese whoever reads.

    chronicle   what happened to the task and its draws, in words, oldest first
    """
    others = task.participations.filter(is_lead=False).select_related("department")
    results = list(
        visible(actor, Perm.RESULT_VIEW, InspectionResult.objects.filter(inspection__task=task))
        .select_related("inspection", "department")
        .order_by("inspection__serial", "department__code")
    )
    return PackPaper(
        task_number=task.number,
        task_name=task.name,
        lead=task.department.name,
        participants="、".join(row.department.name for row in others) or "—",
        source=source_of(task),
        window=f"{task.window_from_on} 至 {task.window_to_on}",
        disclosure=str(task.get_disclosure_display()),
        reader=_unit(actor),
        as_of=_when(as_of),
        is_demo=settings.DEMO,
        draws=tuple(_draw(draw) for draw in task.draws.order_by("pk")),
        clocks=tuple(_clocks(task, results)),
        inspections=tuple(_inspections(task, results, actor)),
        amendments=tuple(_amendments(task)),
        follow_ups=tuple(_follow_ups(task, actor)),
        chronicle=tuple(chronicle),
    )


def source_of(task: InspectionTask) -> str:
    """Return why the task exists (任务来源): its plan line, or the superior's document."""
    if task.plan_line is None:
        return f"上级部署 {task.external_evidence.get('document', '')}"
    line = task.plan_line
    return f"年度抽查工作计划 {line.plan.number} 第 {line.line_no} 条：{line.name}"


def _unit(actor: Actor) -> str:
    user = User.objects.select_related("department").filter(pk=actor.user_key).first()
    return f"{user.department.name} {user.name}" if user else "—"


def _when(instant: datetime | None) -> str:
    return clock.local(instant).strftime("%Y-%m-%d %H:%M") if instant else "—"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"


def _draw(draw: Draw) -> PackDraw:
    found = assessment(draw)
    refs = [draw.requested_by_ref, draw.frozen_by_ref, draw.drawn_by_ref]
    users = User.objects.filter(handle__in=[ref.removeprefix("user:") for ref in refs if ref])
    names = {f"user:{user.handle}": user.name for user in users}
    return PackDraw(
        draw_id=str(draw),
        state=draw.get_state_display(),
        frozen=_when(draw.frozen_at),
        announced=_when(draw.announced_at),
        drawn=_when(draw.drawn_at),
        level=found.name if found else "—",
        n_drawn=str(len(visited_targets(draw))) if draw.drawn_at else "—",
        people="、".join(dict.fromkeys(names[ref] for ref in refs if ref in names)) or "—",
        adigest=draw.adigest or "—",
        rdigest=draw.rdigest or "—",
        void=draw.void_reason if draw.voided_at else "",
    )


def _clocks(task: InspectionTask, results: Sequence[InspectionResult]) -> Iterator[Row]:
    """Tell each clock once: the task's own, and one line per department and outcome."""
    whole = task_clock(task)
    state = {ClockState.STOPPED: "已公示", ClockState.OVERDUE: "逾期"}.get(whole.state, "未到期")
    yield "任务结果公示", _day(whole.due), "—", f"{state}{'（暂定）' if whole.provisional else ''}"
    for result in results:
        done = clock.local(result.published_at).date() if result.published_at else None
        late = (done or clock.today()) > result.due_on
        words = "逾期" if late else "按期" if done else "未到期"
        what = f"{result.inspection.number} {result.department.short_name}结果公示"
        yield what, _day(result.due_on), _day(done), words


def _inspections(
    task: InspectionTask, results: Sequence[InspectionResult], actor: Actor
) -> Iterator[Row]:
    rows = (
        visible(actor, Perm.INSPECTION_VIEW, Inspection.objects.filter(task=task))
        .select_related("target", "service_receipt")
        .prefetch_related("assignments__inspector", "visits")
        .order_by("serial")
    )
    by_inspection: dict[int, list[InspectionResult]] = {}
    for result in results:
        by_inspection.setdefault(result.inspection_id, []).append(result)
    for row in rows:
        sent = list(row.assignments.all())
        for result in by_inspection.get(row.pk, []):
            officers = "、".join(
                f"{a.inspector.name}（{a.inspector.certificate_no}）"
                for a in sent
                if a.department_id == result.department_id
            )
            yield (
                f"{row.number}\n{row.notice_no}",
                f"{row.target.name}\n{officers or '—'}",
                _served(row),
                result.department.short_name,
                _outcome(result),
            )


def _served(row: Inspection) -> str:
    receipt = getattr(row, "service_receipt", None)
    lines = [f"{receipt.get_manner_display()} {_when(receipt.served_at)}" if receipt else "未送达"]
    if row.started_at:
        lines.append(f"{_when(row.started_at)} 开始检查")
    if row.ended_on:
        lines.append(f"{_day(row.ended_on)} 结束")
    return "\n".join(lines)


def _outcome(result: InspectionResult) -> str:
    if not result.codes:
        return result.get_state_display()
    known = result_codes_of(result.codes_version).codes
    names = "；".join(known[code].name if code in known else code for code in result.codes)
    return f"{names}\n{result.get_state_display()}"


def _amendments(task: InspectionTask) -> Iterator[Row]:
    rows = Amendment.objects.filter(draw__task=task).defer("document")
    for row in rows.select_related("target", "new_target", "department", "decided_by_department"):
        came = f" → {row.new_target.name}" if row.new_target else ""
        decided = row.decided_by_department.short_name if row.decided_by_department else "待决定"
        yield (
            str(row.get_kind_display()),
            f"{row.target.name}{came}：{row.reason}",
            f"{row.department.short_name}；{decided}",
            row.get_state_display(),
        )


def _follow_ups(task: InspectionTask, actor: Actor) -> Iterator[Row]:
    rows = visible(
        actor, Perm.RESULT_VIEW, FollowUp.objects.filter(result__inspection__task=task)
    ).select_related("result__inspection", "result__department")
    for row in rows.order_by("pk"):
        what = f"{row.result.department.short_name}：{row.kind} {row.note}".strip()
        yield row.result.inspection.number, what, _day(row.due_on), _day(row.finished_on)
