"""Reading annual plans, and what stands against them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from openlot.items.models import ItemKind, ItemState
from openlot.kernel.actor import Actor
from openlot.plans.models import AnnualPlan, OverlapAnswer, PlanLine, PlanState, Scope
from openlot.policies.models import Policy
from openlot.policies.selectors import needed
from openlot.registers.models import InspectionTarget, TargetState
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.rules.ratios import rises


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a line from being handed in (计划问题): line, field and words."""

    line_no: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two lines that would hit the same targets at the same time (交叉重复)."""

    line: PlanLine
    other: PlanLine
    answer: OverlapAnswer | None


def plan_list(actor: Actor) -> QuerySet[AnnualPlan]:
    """Return the plans that ``actor`` may see (计划列表)."""
    return visible(actor, Perm.PLAN_VIEW, AnnualPlan.objects.all()).select_related("department")


def targets_of(line: PlanLine) -> QuerySet[InspectionTarget]:
    """Return the live targets of the lead's register within the line's scope (抽查范围)."""
    rows = InspectionTarget.objects.filter(
        department_id=line.plan.department_id, state=TargetState.ACTIVE
    )
    return rows.filter(scope_condition(line))


def scope_condition(line: PlanLine) -> Q:
    """Return the condition (抽取条件) that a line's kinds, industries, regions and licences make."""
    condition = Q()
    if line.target_kinds:
        condition &= Q(kind__in=line.target_kinds)
    if line.regions:
        condition &= Q(region__code__in=line.regions)
    if line.licences:
        condition &= Q(licence_name__in=line.licences)
    if line.industries:
        industries = Q()
        for industry in line.industries:
            industries |= Q(industry__startswith=industry)
        condition &= industries
    return condition


def plannable_lines(actor: Actor) -> QuerySet[PlanLine]:
    """Return the published lines for which ``actor`` may start a task (可发起任务的计划条目)."""
    rows = PlanLine.objects.filter(
        plan__state=PlanState.PUBLISHED,
        plan__department_id=actor.department_key,
        cancelled_reason="",
    )
    return rows.select_related("plan__department").order_by("window_from_on")


def line_faults(line: PlanLine) -> list[Fault]:
    """Return what keeps a line from being handed in (计划条目校验): items, caps, order of ratios."""
    faults: list[Fault] = []

    def found(field: str, message: str) -> None:
        faults.append(Fault(line.line_no, field, message))

    items = list(line.items.all())
    if not items:
        found("items", "no_items")
    if any(item.state != ItemState.EFFECTIVE for item in items):
        found("items", "item_not_effective")
    if line.scope == Scope.JOINT and not line.participants.exists():
        found("participants", "no_participants")
    ratios = {row.credit_class: row.ratio_bp for row in line.ratios.all()}
    if line.by_credit_class:
        if set(ratios) != set("ABCD"):
            found("ratios", "ratio_missing")
        elif not rises(ratios):
            found("ratios", "ratio_not_rising")
    elif not line.ratio_bp and not line.min_count:
        found("ratio_bp", "ratio_missing")
    caps = [i.ratio_cap_bp for i in items if i.kind == ItemKind.GENERAL and i.ratio_cap_bp]
    highest = max(ratios.values(), default=0) if line.by_credit_class else line.ratio_bp
    if caps and highest > min(caps) and not line.by_credit_class:
        found("ratio_bp", "ratio_over_cap")
    if line.by_credit_class and caps and ratios and ratios.get("B", 0) > min(caps):
        found("ratios", "ratio_over_cap")
    return faults


def overlaps(plan: AnnualPlan) -> list[Overlap]:
    """Return the lines of other departments that overlap with lines of ``plan`` (交叉重复清单).

    Two lines overlap when their windows meet, they share a kind of target and an industry (or one
    of them names none), and neither is the other's joint inspection already.
    """
    others = list(
        PlanLine.objects.filter(
            plan__year=plan.year,
            plan__state__in=(PlanState.SUBMITTED, PlanState.APPROVED, PlanState.PUBLISHED),
            cancelled_reason="",
        )
        .exclude(plan__department_id=plan.department_id)
        .select_related("plan__department")
        .prefetch_related("participants")
    )
    answers = {
        (a.line_id, a.other_line_id): a
        for a in OverlapAnswer.objects.filter(Q(line__plan=plan) | Q(other_line__plan=plan))
    }
    return [
        Overlap(line, other, answers.get((line.pk, other.pk)) or answers.get((other.pk, line.pk)))
        for line in plan.lines.filter(cancelled_reason="").prefetch_related("participants")
        for other in others
        if _meet(line, other)
    ]


def _meet(line: PlanLine, other: PlanLine) -> bool:
    if line.window_from_on > other.window_to_on or other.window_from_on > line.window_to_on:
        return False
    if other.plan.department in line.participants.all():
        return False
    return _share(line.target_kinds, other.target_kinds) and _share(
        line.industries, other.industries
    )


def _share(some: list[str], others: list[str]) -> bool:
    if not some or not others:
        return False
    return any(a.startswith(b) or b.startswith(a) for a in some for b in others)


def filing_deadline(year: int) -> date:
    """Return the last day to file a plan (备案截止日): a calendar date, never rolled forward."""
    body = needed(Policy.Kind.DEADLINE, "file_plan").body
    return date(year, body["month"], body["day"])
