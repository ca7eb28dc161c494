"""Making, approving, coordinating and publishing annual plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.lifecycle.fire import create, fire
from openlot.plans import events
from openlot.plans.machine import PLAN
from openlot.plans.models import AnnualPlan, OverlapAnswer, PlanLine, PlanRatio, PlanState
from openlot.plans.selectors import (
    filing_deadline,
    line_faults,
    overlaps,
    targets_of,
)
from openlot.rules.document_numbers import filing_number, plan_number
from openlot.trail.changes import changes_of

FAULTS = {
    "no_items": _("第 %(line)s 条：请至少选择一个已生效的抽查事项"),
    "item_not_effective": _("第 %(line)s 条：所选事项有的尚未公示生效，请更换"),
    "no_participants": _("第 %(line)s 条：联合抽查请至少选择一个参与部门"),
    "ratio_missing": _("第 %(line)s 条：请填写抽查比例"),
    "ratio_not_rising": _("第 %(line)s 条：抽查比例应按 A≤B≤C≤D 设置"),
    "ratio_over_cap": _("第 %(line)s 条：抽查比例超过一般检查事项的上限，请降低"),
}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """What a plan line is made of (计划条目内容); ``ratios`` maps class to (bp, times, weight)."""

    fields: Mapping[str, Any]
    items: Sequence[InspectionItem]
    participants: Sequence[Department] = ()
    ratios: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


@transaction.atomic
def draft_plan(
    *, department: Department, year: int, title: str, lines: Iterable[LineDraft], actor: Actor
) -> AnnualPlan:
    """Draft the plan of a year (拟定年度计划).

    raises    Conflict when the department has one for that year already
    """
    if AnnualPlan.objects.filter(department=department, year=year).exists():
        raise Conflict(_("%(year)s 年度计划已存在，请在其基础上调整"), year=year)
    fact = events.PlanDrafted(department=department.code, year=year, version=1)
    plan = create(
        AnnualPlan, PLAN["draft"], fact, actor=actor, department=department, year=year, title=title
    )
    _put_lines(plan, lines)
    return plan


@transaction.atomic
def adjust_plan(plan: AnnualPlan, *, reason: str, actor: Actor) -> AnnualPlan:
    """Draft the next version of a published plan (动态调整), its lines copied, with its reason.

    raises    Conflict when the plan is not public, or its next version is under way
    """
    if plan.state != PlanState.PUBLISHED:
        raise Conflict(_("只有已公开的计划可以调整"))
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明调整原因")})
    rows = AnnualPlan.objects.filter(department=plan.department, year=plan.year)
    version = (rows.aggregate(top=Max("version"))["top"] or 0) + 1
    if version != plan.version + 1:
        raise Conflict(_("该计划已有调整稿，请在调整稿上修改"))
    fact = events.PlanDrafted(department=plan.department.code, year=plan.year, version=version)
    adjusted = create(
        AnnualPlan,
        PLAN["draft"],
        fact,
        actor=actor,
        department=plan.department,
        year=plan.year,
        title=plan.title,
        version=version,
        predecessor=plan,
        adjust_reason=reason,
    )
    _put_lines(adjusted, [_copied(line) for line in plan.lines.order_by("line_no")])
    return adjusted


def _copied(line: PlanLine) -> LineDraft:
    own = {"id", "public_id", "plan", "line_no"}
    return LineDraft(
        fields={
            f.attname: getattr(line, f.attname)
            for f in PlanLine._meta.concrete_fields
            if f.name not in own
        },
        items=list(line.items.all()),
        participants=list(line.participants.all()),
        ratios={
            r.credit_class: (r.ratio_bp, r.frequency_per_year, r.weight) for r in line.ratios.all()
        },
    )


def close_plan(plan: AnnualPlan, *, actor: Actor) -> AnnualPlan:
    """Close a plan (计划归档) when its year is over."""
    if plan.year >= clock.today().year:
        raise Conflict(_("计划年度尚未结束，不能归档"))
    return fire(plan, PLAN["close"], events.PlanClosed(), actor=actor)


@transaction.atomic
def add_line(plan: AnnualPlan, draft: LineDraft, *, actor: Actor) -> PlanLine:
    """Add a line to a draft plan (新增计划条目)."""
    top = plan.lines.aggregate(top=Max("line_no"))["top"] or 0
    fact = events.PlanAmended(line=top + 1, changes=_line_changes(None, draft))
    fire(plan, PLAN["amend"], fact, actor=actor)
    return _put_line(plan, top + 1, draft)


@transaction.atomic
def amend_line(line: PlanLine, draft: LineDraft, *, actor: Actor, at_revision: int) -> PlanLine:
    """Change a line of a draft plan (修改计划条目)."""
    fact = events.PlanAmended(line=line.line_no, changes=_line_changes(line, draft))
    fire(line.plan, PLAN["amend"], fact, actor=actor, at_revision=at_revision)
    for name, value in draft.fields.items():
        setattr(line, name, value)
    line.save()
    return _put_relations(line, draft)


@transaction.atomic
def submit_plan(plan: AnnualPlan, *, actor: Actor) -> AnnualPlan:
    """Hand a plan in for approval (提交审定).

    raises    Invalid naming line, field and mend
    """
    lines = list(plan.lines.all())
    if not lines:
        raise Invalid(_("计划还没有条目，请先添加"))
    faults = [fault for line in lines for fault in line_faults(line)]
    if faults:
        raise Invalid(
            fields={
                f"line-{f.line_no}-{f.field}": str(FAULTS[f.message]) % {"line": f.line_no}
                for f in faults
            }
        )
    return fire(
        plan,
        PLAN["submit"],
        events.PlanSubmitted(),
        actor=actor,
        submitted_by_ref=actor.ref,
        returned_reason="",
    )


def approve_plan(plan: AnnualPlan, *, actor: Actor) -> AnnualPlan:
    """Approve a plan as head of the department (审定); not by the one who handed it in."""
    if plan.submitted_by_ref == actor.ref:
        raise Denied(_("提交人不能审定自己提交的计划"))
    return fire(plan, PLAN["approve"], events.PlanApproved(), actor=actor)


def return_plan(plan: AnnualPlan, *, reason: str, actor: Actor) -> AnnualPlan:
    """Send a plan back with a reason (退回修改)."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明退回原因")})
    return fire(
        plan,
        PLAN["send_back"],
        events.PlanReturned(reason=reason),
        actor=actor,
        returned_reason=reason,
    )


@transaction.atomic
def answer_overlap(
    plan: AnnualPlan, line: PlanLine, other: PlanLine, *, decision: str, reason: str, actor: Actor
) -> OverlapAnswer:
    """Decide on two overlapping lines (答复交叉重复): merged or kept, with the reason."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明处理理由")})
    fact = events.OverlapAnswered(
        line=line.public_id, other_line=other.public_id, decision=decision, reason=reason
    )
    fire(plan, PLAN["answer_overlap"], fact, actor=actor)
    return OverlapAnswer.objects.create(
        line=line,
        other_line=other,
        decision=decision,
        reason=reason,
        at=clock.now(),
        by_ref=actor.ref,
    )


@transaction.atomic
def publish_plan(plan: AnnualPlan, *, actor: Actor) -> AnnualPlan:
    """File and publish a plan in one act (备案并公开); late ones are flagged, never blocked.

    raises    Conflict while an overlap has no answer
    law       JZF2020-9/2.3 每年3月底前备案，同时向社会公开
    """
    open_ones = [o for o in overlaps(plan) if o.answer is None]
    if open_ones:
        raise Conflict(_("尚有 %(count)s 处交叉重复未答复，请先处理"), count=len(open_ones))
    before = AnnualPlan.objects.filter(
        department=plan.department, year=plan.year, state=PlanState.PUBLISHED
    ).first()
    if before is not None:
        fact = events.PlanSuperseded(by_version=plan.version)
        fire(before, PLAN["supersede"], fact, actor=actor)
    serial = AnnualPlan.objects.filter(year=plan.year).exclude(number="").count() + 1
    number = plan_number(plan.department.region.code, plan.year, serial)
    filing_no = filing_number(plan.year, serial)
    late = before is None and clock.today() > filing_deadline(plan.year)
    published = events.PlanPublished(filing_no=filing_no, number=number, is_late=int(late))
    return fire(
        plan,
        PLAN["publish"],
        published,
        actor=actor,
        number=number,
        filing_no=filing_no,
        published_at=clock.now(),
        filed_late=late,
    )


def _line_changes(line: PlanLine | None, draft: LineDraft) -> dict[str, list[str]]:
    """Return what a line is changed from and to, or begins as, with all that belongs to it."""
    after = {
        "items": sorted(item.code for item in draft.items),
        "participants": sorted(department.code for department in draft.participants),
        "ratios": _ratio_words(draft.ratios),
    }
    before: dict[str, list[str]] = {name: [] for name in after}
    if line is not None:
        known = {
            r.credit_class: (r.ratio_bp, r.frequency_per_year, r.weight) for r in line.ratios.all()
        }
        before = {
            "items": sorted(item.code for item in line.items.all()),
            "participants": sorted(department.code for department in line.participants.all()),
            "ratios": _ratio_words(known),
        }
    related = {
        name: ["、".join(before[name]), "、".join(after[name])]
        for name in after
        if before[name] != after[name]
    }
    if line is not None:
        return changes_of(line, draft.fields) | related
    fresh = changes_of(PlanLine(), draft.fields)
    return {name: ["", new] for name, (_default, new) in fresh.items()} | related


def _ratio_words(ratios: Mapping[str, tuple[int, int, int]]) -> list[str]:
    return [f"{name} {bp}/10000 ×{times} w{weight}" for name, (bp, times, weight) in ratios.items()]


def _put_lines(plan: AnnualPlan, lines: Iterable[LineDraft]) -> None:
    for number, draft in enumerate(lines, start=1):
        _put_line(plan, number, draft)


def _put_line(plan: AnnualPlan, number: int, draft: LineDraft) -> PlanLine:
    line = PlanLine.objects.create(plan=plan, line_no=number, **draft.fields)
    return _put_relations(line, draft)


def _put_relations(line: PlanLine, draft: LineDraft) -> PlanLine:
    line.items.set(draft.items)
    line.participants.set(draft.participants)
    line.ratios.all().delete()
    PlanRatio.objects.bulk_create(
        PlanRatio(
            line=line, credit_class=name, ratio_bp=bp, frequency_per_year=times, weight=weight
        )
        for name, (bp, times, weight) in draft.ratios.items()
    )
    if not line.n_base:
        PlanLine.objects.filter(pk=line.pk).update(n_base=targets_of(line).count())
    return line
