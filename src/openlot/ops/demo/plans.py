"""The demo city's annual plans (年度计划), from draft to publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.ops.demo.city import Progress, as_role, at
from openlot.plans.models import AnnualPlan, PlanLine
from openlot.plans.selectors import overlaps, targets_of
from openlot.plans.services import (
    LineDraft,
    amend_line,
    answer_overlap,
    approve_plan,
    draft_plan,
    submit_plan,
)
from openlot.publication.services import publish_plan
from openlot.rules.ratios import taken


def make_plans(today: date, progress: Progress) -> dict[str, PlanLine]:
    """File and publish the annual plans (年度计划) in March, or today if March is ahead."""
    day = min(date(today.year, 3, 18), today)
    wanted = (
        ("NYNC", "农药经营监督检查", (), ["F51"], 300, False),
        ("SCJG", "餐饮服务监督检查", ("WSJK", "XFJY"), ["H62"], 0, True),
        ("WLTY", "影剧院、游艺厅卫生许可检查", ("WSJK", "XFJY"), ["R88"], 500, False),
        ("JTYS", "机动车维修企业检查", ("STHJ",), ["O81"], 500, False),
        ("GAJ", "宾馆旅店治安检查", ("XFJY",), ["H61"], 500, False),
    )
    lines: dict[str, PlanLine] = {}
    with clock.travel(at(day)):
        for number, (code, item, joint, industries, bp, classes) in enumerate(wanted, start=1):
            lines[code] = make_plan(today, code, item, joint, industries, bp, classes)
            progress("年度计划", number, len(wanted))
    return lines


def make_plan(
    today: date,
    code: str,
    item_name: str,
    joint: tuple[str, ...],
    industries: list[str],
    ratio_bp: int,
    by_class: bool,
) -> PlanLine:
    """File and publish the plan of one department with one line (一个部门的年度计划)."""
    department = Department.objects.get(code=code)
    item = InspectionItem.objects.get(name=item_name, state="effective")
    clerk, head = as_role(code, Role.TASK_CLERK), as_role(code, Role.DEPARTMENT_HEAD)
    ratios = {"A": (100, 1, 1), "B": (300, 1, 1), "C": (1000, 2, 1), "D": (3000, 4, 1)}
    draft = LineDraft(
        fields={
            "name": f"{today.year}年度{item_name}",
            "source_level": "own",
            "scope": "joint" if joint else "internal",
            "joint_mode": "led" if joint else "",
            "draw_scope": "directed",
            "target_kinds": item.target_kinds,
            "industries": industries,
            "target_scope": item.target_scope,
            "by_credit_class": by_class,
            "ratio_bp": ratio_bp,
            "n_base": 0,
            "n_planned": 0,
            "window_from_on": date(today.year, 3, 20),
            "window_to_on": date(today.year, 12, 20),
            "methods": ["on_site"],
        },
        items=[item],
        participants=[Department.objects.get(code=c) for c in joint],
        ratios=ratios if by_class else {},
    )
    plan = draft_plan(
        department=department,
        year=today.year,
        actor=clerk,
        lines=[draft],
        title=f"{department.name}{today.year}年度双随机抽查工作计划",
    )
    _count(plan, draft, clerk)
    plan = AnnualPlan.objects.get(pk=plan.pk)
    plan = approve_plan(submit_plan(plan, actor=clerk), actor=head)
    office = as_role("SCJG", Role.CONFERENCE_OFFICE)
    for overlap in overlaps(plan):
        if overlap.answer is None:
            answer_overlap(
                plan,
                overlap.line,
                overlap.other,
                decision="kept",
                actor=office,
                reason="检查事项与专业要求不同，错开时间分别实施",
            )
    publish_plan(AnnualPlan.objects.get(pk=plan.pk), actor=office)
    return PlanLine.objects.select_related("plan__department").get(plan=plan)


def _count(plan: AnnualPlan, draft: LineDraft, clerk: Actor) -> None:
    """Fill in how many the line will draw, as the clerk reads it off the register."""
    line = plan.lines.get()
    rows = targets_of(line)
    if line.by_credit_class:
        n = sum(
            taken(rows.filter(credit_class=r.credit_class).count(), r.ratio_bp, line.rounding)
            for r in line.ratios.all()
        )
    else:
        n = taken(rows.count(), line.ratio_bp, line.rounding)
    counted = replace(draft, fields={**draft.fields, "n_planned": n})
    amend_line(line, counted, actor=clerk, at_revision=plan.revision)
