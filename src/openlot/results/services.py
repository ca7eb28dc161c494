"""Recording, signing, reviewing results; follow-ups; clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.inspections.models import Inspection, InspectionState
from openlot.inspections.selectors import departments_of, items_of, living, own_officer
from openlot.inspections.services import end_inspection
from openlot.items.models import InspectionItem
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.uploads import Accept, receive
from openlot.lifecycle.fire import create, fire, hold
from openlot.lifecycle.many import fire_many
from openlot.policies.selectors import due_after, result_codes, result_codes_of
from openlot.registers.models import Inspector
from openlot.results import events
from openlot.results.machine import FOLLOW_UP, RESULT
from openlot.results.models import (
    Answer,
    Evidence,
    FollowUp,
    FollowUpState,
    InspectionResult,
    ItemResult,
    OfficerSignature,
    ResultState,
)
from openlot.results.selectors import current_rows, expected
from openlot.rules.clocks import clock_start
from openlot.rules.outcomes import check_combination, demanded_follow_ups, overall
from openlot.tasks import events as task_events
from openlot.tasks.machine import TASK
from openlot.tasks.models import InspectionTask


@dataclass(frozen=True, slots=True)
class RowDraft:
    """What officers write about one item (事项录入): answers map question pk to (met, note)."""

    item: InspectionItem
    is_checked: bool
    codes: Sequence[str]
    problem: str = ""
    disposal: str = ""
    answers: Mapping[int, tuple[bool, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signing:
    """How a result was signed (签章): by the business, or refused before a witness."""

    statement: str
    signed_by: str
    signer_name: str
    witness_name: str
    officers: Sequence[Inspector]


@transaction.atomic
def open_results(inspection: Inspection, *, actor: Actor) -> list[InspectionResult]:
    """Open one expected result per department (建立结果待办), each with its own clock (T5).

    Departments that have theirs already are left alone.
    """
    due = due_after(inspection.task.window_to_on, "publish_result")
    made = []
    known = set(inspection.results.values_list("department_id", flat=True))
    for department in departments_of(inspection):
        if department.pk in known:
            continue
        fact = events.ResultOpened(department=department.code, due_on=due.on.isoformat())
        made.append(
            create(
                InspectionResult,
                RESULT["open"],
                fact,
                actor=actor,
                inspection=inspection,
                department=department,
                clock_from_on=inspection.task.window_to_on,
                due_on=due.on,
                due_provisional=due.provisional,
                calendar_version=due.calendar_version,
            )
        )
    return made


@transaction.atomic
def record_result(
    result: InspectionResult,
    *,
    rows: Sequence[RowDraft],
    added_codes: Sequence[str],
    signing: Signing,
    actor: Actor,
) -> InspectionResult:
    """Record and sign a department's result at a target (录入检查结果).

    Only officers of that department who were matched to the target; every item needs a result,
    a problem needs words, two officers sign.

    raises    Invalid naming field and mend, Denied, Conflict before check-in
    law       JZF2020-9/2.5 谁检查、谁录入; APL-42
    """
    officer = own_officer(actor, result.inspection)
    if officer.department_id != result.department_id:
        raise Denied(_("只能录入本部门的检查结果"))
    hold(result.inspection)
    hold(result)
    if not result.inspection.visits.filter(department=result.department).exists():
        raise Conflict(_("请先扫码入企并出示证件，再录入结果"))
    table = result_codes()
    faults = _row_faults(result, rows) | _signing_faults(result, signing)
    for fault in check_combination(list(added_codes), table, "overall") if added_codes else []:
        faults["added_codes"] = CODE_FAULTS[fault.reason]
    if faults:
        raise Invalid(fields=faults)
    version = result.rows.count() and current_rows(result)[0].version
    _put_rows(result, rows, version + 1)
    for inspector in signing.officers:
        OfficerSignature.objects.create(
            result=result, inspector=inspector, at=clock.now(), version=version + 1
        )
    codes = overall([row.codes for row in rows if row.is_checked], added_codes, table)
    fact = events.ResultRecorded(
        codes=",".join(codes),
        codes_version=table.version,
        signed_by=signing.signed_by,
        signer=signing.signer_name,
        officers=",".join(i.number for i in signing.officers),
    )
    recorded = fire(
        result,
        RESULT["record"],
        fact,
        actor=actor,
        codes=codes,
        codes_version=table.version,
        added_codes=list(added_codes),
        statement=signing.statement,
        signed_by=signing.signed_by,
        signer_name=signing.signer_name,
        witness_name=signing.witness_name,
        recorded_at=clock.now(),
        recorded_by_ref=actor.ref,
        returned_reason="",
    )
    if result.recorded_at is None:
        recorded = _start_clock(recorded, actor)
    _end_with_the_last(recorded, actor)
    return recorded


CODE_FAULTS = {
    "missing": _("请选择检查结果"),
    "unknown": _("检查结果代码不存在"),
    "scope": _("该结果不能用于此处"),
    "exclusive": _("“未发现问题”等结果不能与其他结果同时选择"),
}


def _row_faults(result: InspectionResult, rows: Sequence[RowDraft]) -> dict[str, str | Promise]:
    table = result_codes()
    faults: dict[str, str | Promise] = {}
    expected = {t.item_id for t in items_of(result.inspection, result.department_id)}
    if {row.item.pk for row in rows} != expected:
        raise Invalid(_("请逐项录入本部门全部检查事项"))
    for row in rows:
        key = f"item-{row.item.pk}"
        if not row.is_checked:
            if not row.problem.strip():
                faults[f"{key}-problem"] = _("未检查的事项请说明原因")
            continue
        for fault in check_combination(list(row.codes), table, "item"):
            faults[f"{key}-codes"] = CODE_FAULTS[fault.reason]
        known = [table.codes[c] for c in row.codes if c in table.codes]
        if any(c.negative or c.needs_text for c in known) and not row.problem.strip():
            faults[f"{key}-problem"] = _("发现问题的，请写明问题情况")
        unmet = any(not met for met, _note in row.answers.values())
        if unmet and known and not any(c.negative for c in known):
            faults[f"{key}-codes"] = _("有检查要点不符合，不能选择“未发现问题”")
    return faults


def _signing_faults(result: InspectionResult, signing: Signing) -> dict[str, str | Promise]:
    faults: dict[str, str | Promise] = {}
    matched = set(
        result.inspection.assignments.filter(department=result.department).values_list(
            "inspector_id", flat=True
        )
    )
    signed = {officer.pk for officer in signing.officers}
    if len(signed & matched) < result.inspection.task.min_officers:
        faults["officers"] = _("须由本部门随机匹配的两名以上执法人员签名")
    if signing.signed_by == InspectionResult.SignedBy.REFUSED:
        if not signing.witness_name.strip():
            faults["witness_name"] = _("拒绝签字的，请填写见证人")
    elif not signing.signed_by:
        faults["signed_by"] = _("请选择被检查单位签章方式")
    elif not signing.signer_name.strip():
        faults["signer_name"] = _("请填写签章人")
    return faults


def _put_rows(result: InspectionResult, rows: Sequence[RowDraft], version: int) -> None:
    for row in rows:
        kept = ItemResult.objects.create(
            result=result,
            item=row.item,
            version=version,
            is_checked=row.is_checked,
            codes=list(row.codes),
            problem=row.problem,
            disposal=row.disposal,
        )
        Answer.objects.bulk_create(
            Answer(row=kept, question_id=question, is_met=met, note=note)
            for question, (met, note) in row.answers.items()
        )


def _start_clock(result: InspectionResult, actor: Actor) -> InspectionResult:
    """Start the department's own clock (T5): the day it ended here, no later than the window's."""
    start = clock_start(clock.today(), result.inspection.task.window_to_on)
    due = due_after(start, "publish_result")
    fact = events.ClockMoved(
        from_on=start.isoformat(), due_on=due.on.isoformat(), provisional=int(due.provisional)
    )
    return fire(
        result,
        RESULT["move_clock"],
        fact,
        actor=actor,
        clock_from_on=start,
        due_on=due.on,
        due_provisional=due.provisional,
        calendar_version=due.calendar_version,
    )


def _end_with_the_last(result: InspectionResult, actor: Actor) -> None:
    """End the inspection when the last department has recorded."""
    inspection = Inspection.objects.get(pk=result.inspection_id)
    if (
        inspection.state == InspectionState.INSPECTING
        and not inspection.results.filter(state=ResultState.NOT_RECORDED).exists()
    ):
        end_inspection(inspection, actor=actor)


def add_evidence(
    result: InspectionResult,
    *,
    name: str,
    content: bytes,
    item: InspectionItem | None,
    actor: Actor,
) -> Evidence:
    """Add a photo to a result (上传证据): re-encoded, so nothing active is ever stored.

    raises    Invalid for what is no picture
    """
    photo = receive(name, content, Accept.PHOTO, field="photo")
    fact = events.EvidenceAdded(sha256=photo.sha256, name=photo.name)
    with transaction.atomic():
        fire(result, RESULT["add_evidence"], fact, actor=actor)
        return Evidence.objects.create(
            result=result,
            item=item,
            name=photo.name,
            media_type=photo.media_type,
            content=photo.content,
            sha256=photo.sha256,
            taken_at=clock.now(),
            by_ref=actor.ref,
        )


@transaction.atomic
def approve_result(result: InspectionResult, *, opinion: str, actor: Actor) -> InspectionResult:
    """Approve a result as reviewer of the own department (审核通过); negative ones open follow-ups.

    raises    Denied for somebody who recorded it
    """
    if result.recorded_by_ref == actor.ref:
        raise Denied(_("录入人不能审核自己录入的结果"))
    approved = fire(
        result,
        RESULT["approve"],
        events.ResultApproved(opinion=opinion),
        actor=actor,
        reviewed_at=clock.now(),
        reviewed_by_ref=actor.ref,
        review_opinion=opinion,
    )
    table = result_codes_of(result.codes_version)
    due = due_after(clock.today(), "follow_up")
    for code, kind in demanded_follow_ups(approved.codes, table):
        fact = events.FollowUpOpened(kind_of_follow_up=kind, code=code)
        create(
            FollowUp,
            FOLLOW_UP["open"],
            fact,
            actor=actor,
            result=approved,
            kind=kind,
            demanded_by_code=code,
            due_on=due.on,
            due_provisional=due.provisional,
        )
    return approved


def return_result(result: InspectionResult, *, reason: str, actor: Actor) -> InspectionResult:
    """Return a result with a reason (审核退回)."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明退回原因")})
    return fire(
        result,
        RESULT["send_back"],
        events.ResultReturned(reason=reason),
        actor=actor,
        returned_reason=reason,
        reviewed_at=clock.now(),
        reviewed_by_ref=actor.ref,
    )


def mark_published(result: InspectionResult, *, actor: Actor) -> InspectionResult:
    """Mark a result as published (标记已公示); the snapshot is made in the same transaction."""
    late = clock.today() > result.due_on
    return fire(
        result,
        RESULT["publish"],
        events.ResultPublished(is_late=int(late)),
        actor=actor,
        published_at=clock.now(),
    )


def finish_follow_up(follow_up: FollowUp, *, note: str, actor: Actor) -> FollowUp:
    """Finish a follow-up (后续处置完结) with what was done."""
    if not note.strip():
        raise Invalid(fields={"note": _("请写明处置情况")})
    return fire(
        follow_up,
        FOLLOW_UP["finish"],
        events.FollowUpDone(note=note),
        actor=actor,
        finished_on=clock.today(),
        finish_note=note,
    )


@transaction.atomic
def cancel_results(inspections: Sequence[Inspection], *, actor: Actor) -> None:
    """Cancel what was expected of the inspections of a voided draw (随抽取作废), clocks and all.

    raises    Denied, StaleState when one of them was recorded
    """
    rows = InspectionResult.objects.filter(inspection__in=inspections).order_by("pk")
    by_department: dict[int, list[InspectionResult]] = defaultdict(list)
    for row in rows.select_related("department", "inspection__draw"):
        by_department[row.department_id].append(row)
    for some in by_department.values():
        fire_many([(row, _cancelled(row), {}) for row in some], RESULT["cancel"], actor=actor)


def _cancelled(result: InspectionResult) -> events.ResultCancelled:
    draw = result.inspection.draw
    return events.ResultCancelled(draw=str(draw), reason=draw.void_reason)


@transaction.atomic
def close_task(task: InspectionTask, *, actor: Actor) -> InspectionTask:
    """Close a task (办结) whose results are all public and whose follow-ups are all done.

    raises    Conflict while anything of it is open
    """
    results = expected(task)
    if not results.exists() or living(task).exclude(state=InspectionState.ENDED).exists():
        raise Conflict(_("还有对象没有检查完毕，不能办结"))
    if results.exclude(state=ResultState.PUBLISHED).exists():
        raise Conflict(_("还有检查结果没有公示，不能办结"))
    if FollowUp.objects.filter(result__in=results, state=FollowUpState.OPEN).exists():
        raise Conflict(_("还有后续处置没有完结，不能办结"))
    return fire(task, TASK["close"], task_events.TaskClosed(), actor=actor)
