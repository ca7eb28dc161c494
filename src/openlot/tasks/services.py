"""From a plan line, or a superior's list, to a scheme that everybody accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.accounts.services import end_department
from openlot.items.models import InspectionItem, ItemState
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.marks import listed
from openlot.lifecycle.fire import create, fire, hold
from openlot.plans.models import PlanLine, PlanState, Scope
from openlot.registers.models import InspectionTarget, Inspector, InspectorState, TargetState
from openlot.rules.document_numbers import task_number
from openlot.tasks import events
from openlot.tasks.machine import PARTICIPATION, TASK
from openlot.tasks.models import (
    Disclosure,
    InspectionTask,
    ListedTarget,
    Origin,
    Participation,
    ParticipationState,
    RosterMember,
    Stratify,
    TaskItem,
    TaskState,
)
from openlot.tasks.selectors import on_leave, pool, sendable, waiting_for
from openlot.trail.changes import changes_of


@transaction.atomic
def draft_task(*, line: PlanLine, name: str, actor: Actor, **scheme: Any) -> InspectionTask:
    """Start a task from a published plan line (由计划条目发起任务).

    raises    Conflict when the line is not (or no longer) in force, Invalid
    law       JZF2020-9/2.4 a task without a plan line cannot be drawn
    """
    if line.plan.state != PlanState.PUBLISHED or line.cancelled_reason:
        raise Conflict(_("该计划条目未公开或已取消，不能发起任务"))
    department = line.plan.department
    scheme = {
        "window_from_on": line.window_from_on,
        "window_to_on": line.window_to_on,
        "methods": line.methods,
        "stratify": Stratify.CREDIT if line.by_credit_class else Stratify.REGION,
        **scheme,
    }
    _check_scheme(scheme)
    task = _create(department, Origin.PLAN, line.scope, name, actor, plan_line=line, **scheme)
    _put_items(task, line.items.all(), list(line.participants.all()), actor)
    return task


@transaction.atomic
def draft_superior_task(
    *,
    department: Department,
    name: str,
    items: Sequence[InspectionItem],
    targets: Iterable[InspectionTarget],
    evidence: Mapping[str, str],
    actor: Actor,
    **scheme: Any,
) -> InspectionTask:
    """Take in a superior's drawn list (导入外部抽取任务): only the officers are drawn here.

    evidence  system, drawn_on, operator, n_pool, rule, document of the external draw (T9)
    raises    Invalid without evidence or without targets
    """
    missing = [key for key in ("system", "drawn_on", "document") if not evidence.get(key)]
    listed = list(targets)
    if missing or not listed:
        raise Invalid(
            _("请补齐外部抽取的系统、时间、文号，并提供名单"),
            fields=dict.fromkeys(missing or ["targets"], _("必填项，请补充")),
        )
    if any(target.department_id != department.pk for target in listed):
        raise Invalid(fields={"targets": _("名单中有不在本部门名录库的对象")})
    scheme = {"stratify": Stratify.NONE, "disclosure": Disclosure.FULL, **scheme}
    _check_scheme(scheme)
    task = _create(
        department,
        Origin.SUPERIOR,
        Scope.INTERNAL,
        name,
        actor,
        external_evidence=dict(evidence),
        **scheme,
    )
    _put_items(task, items, [], actor)
    ListedTarget.objects.bulk_create(ListedTarget(task=task, target=t) for t in listed)
    fact = events.ListImported(n_targets=len(listed), evidence=str(evidence.get("document")))
    return fire(task, TASK["import_list"], fact, actor=actor)


@transaction.atomic
def amend_task(
    task: InspectionTask,
    *,
    actor: Actor,
    at_revision: int,
    own_lists: Iterable[Department] | None = None,
    **scheme: Any,
) -> InspectionTask:
    """Change a draft scheme (修改方案).

    own_lists  the participants that draw from their own registers; None leaves them as they are
    """
    _check_scheme(
        {
            **{
                f: getattr(task, f)
                for f in (
                    "stratify",
                    "disclosure",
                    "window_from_on",
                    "window_to_on",
                    "min_officers",
                )
            },
            **scheme,
        }
    )
    changes = changes_of(task, scheme)
    if own_lists is not None:
        chosen = {department.pk: department.code for department in own_lists}
        others = task.participations.filter(is_lead=False)
        before = sorted(others.filter(own_list=True).values_list("department__code", flat=True))
        if before != sorted(chosen.values()):
            changes["own_lists"] = ["、".join(before), "、".join(sorted(chosen.values()))]
        others.filter(department__in=chosen).update(own_list=True)
        others.exclude(department__in=chosen).update(own_list=False)
    fact = events.TaskAmended(changes=changes)
    return fire(task, TASK["amend"], fact, actor=actor, at_revision=at_revision, **scheme)


@transaction.atomic
def submit_task(task: InspectionTask, *, actor: Actor) -> InspectionTask:
    """Hand the scheme in to the participants and the head (提交方案)."""
    if task.task_items.exclude(item__state=ItemState.EFFECTIVE).exists():
        raise Conflict(_("所选事项有的已不再生效，请先更新"))
    codes = ", ".join(task.participations.values_list("department__code", flat=True))
    return fire(
        task,
        TASK["submit"],
        events.TaskSubmitted(departments=codes),
        actor=actor,
        submitted_by_ref=actor.ref,
        returned_reason="",
    )


def accept_participation(row: Participation, *, actor: Actor) -> Participation:
    """Accept the scheme for the own department (接受方案).

    raises    Denied for another department's, Conflict before the scheme is handed in
    """
    _own(row, actor)
    if row.task.state == "draft":
        raise Conflict(_("方案尚未提交"))
    fact = events.ParticipationAccepted(department=row.department.code)
    return fire(row, PARTICIPATION["accept"], fact, actor=actor, decided_by_ref=actor.ref)


def decline_participation(row: Participation, *, reason: str, actor: Actor) -> Participation:
    """Decline the scheme with a reason (不接受方案)."""
    _own(row, actor)
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明不接受的原因")})
    fact = events.ParticipationDeclined(department=row.department.code, reason=reason)
    return fire(
        row,
        PARTICIPATION["decline"],
        fact,
        actor=actor,
        decided_by_ref=actor.ref,
        declined_reason=reason,
    )


@transaction.atomic
def approve_task(task: InspectionTask, *, actor: Actor) -> InspectionTask:
    """Approve the scheme as head of the lead department (批准方案).

    raises    Conflict while a participant has not accepted; Denied for the one who handed it in
    law       GBF2024-54 every inspection is approved by the head before it is carried out
    """
    if task.submitted_by_ref == actor.ref:
        raise Denied(_("提交人不能批准自己提交的方案"))
    waiting = [p for p in waiting_for(task) if not p.is_lead]
    if waiting:
        raise Conflict(_("%(department)s 尚未接受方案"), department=waiting[0].department.name)
    lead = task.participations.get(is_lead=True)
    if lead.state != ParticipationState.ACCEPTED:
        accept_participation(lead, actor=actor)
    return fire(
        task,
        TASK["approve"],
        events.TaskApproved(),
        actor=actor,
        approved_at=clock.now(),
        approved_by_ref=actor.ref,
    )


def return_task(task: InspectionTask, *, reason: str, actor: Actor) -> InspectionTask:
    """Send the scheme back with a reason (退回方案)."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明退回原因")})
    return fire(
        task,
        TASK["send_back"],
        events.TaskReturned(reason=reason),
        actor=actor,
        returned_reason=reason,
    )


@transaction.atomic
def close_department(
    department: Department, *, reason: str, at_revision: int, actor: Actor
) -> Department:
    """Close a department (撤销部门) that nothing waits for.

    raises    Conflict while a task of it is open or people of it stand in the register, and as
              ``end_department``
    """
    hold(department)
    mine = Q(department=department) | Q(participations__department=department)
    ended = (TaskState.CLOSED, TaskState.VOIDED)
    if InspectionTask.objects.filter(mine).exclude(state__in=ended).exists():
        raise Conflict(_("该部门还有未办结的抽查任务"))
    people = Inspector.objects.filter(department=department)
    if people.exclude(state=InspectorState.MOVED_OUT).exists():
        raise Conflict(_("该部门还有在库的执法检查人员，请先办理出库"))
    return end_department(department, reason=reason, at_revision=at_revision, actor=actor)


@transaction.atomic
def confirm_roster(
    row: Participation, *, inspectors: Sequence[Inspector], actor: Actor
) -> Participation:
    """Confirm which of the own inspectors can be sent (确认可派人员); leave must be entered before.

    raises    Invalid naming who cannot be sent, or when fewer than the scheme's minimum can
    """
    _own(row, actor)
    task = row.task
    hold(task)
    able = set(sendable(row.department, task.window_from_on, task.window_to_on))
    wrong = [i.name for i in inspectors if i not in able]
    if wrong:
        raise Invalid(
            fields={
                "inspectors": _("以下人员证件失效、请假或仅能协助，不能派出，请移除：")
                + listed(wrong)
            }
        )
    if len(inspectors) < task.min_officers:
        raise Invalid(fields={"inspectors": _("可派人员少于每户所需人数，请补充")})
    if task.rosters_sealed_at is not None:
        raise Conflict(_("名单已封存，人员变动请走更换程序"))
    row.members.all().delete()
    RosterMember.objects.bulk_create(
        RosterMember(participation=row, inspector=i) for i in inspectors
    )
    fact = events.RosterConfirmed(
        department=row.department.code,
        n_members=len(inspectors),
        n_on_leave=on_leave(row.department, task.window_from_on, task.window_to_on).count(),
    )
    return fire(
        row,
        PARTICIPATION["confirm_roster"],
        fact,
        actor=actor,
        roster_confirmed_at=clock.now(),
        roster_confirmed_by_ref=actor.ref,
    )


def seal_rosters(task: InspectionTask, *, actor: Actor) -> InspectionTask:
    """Seal the rosters of a task with its lists (人员名单封存): later changes are replacements.

    raises    Conflict while a department has not confirmed its roster
    """
    open_ones = task.participations.filter(roster_confirmed_at=None).select_related("department")
    if first := open_ones.first():
        raise Conflict(_("%(department)s 尚未确认可派人员"), department=first.department.name)
    return fire(
        task,
        TASK["seal_rosters"],
        events.RostersSealed(),
        actor=actor,
        rosters_sealed_at=clock.now(),
    )


def unseal_rosters(task: InspectionTask, *, actor: Actor) -> InspectionTask:
    """Open the rosters again after a draw was voided (人员名单解封)."""
    return fire(
        task, TASK["unseal_rosters"], events.RostersUnsealed(), actor=actor, rosters_sealed_at=None
    )


def _own(row: Participation, actor: Actor) -> None:
    if not actor.is_system and row.department_id != actor.department_id:
        raise Denied


def _check_scheme(scheme: Mapping[str, Any]) -> None:
    """Refuse a scheme that breaks a rule (protocol 4.3, APL-42)."""
    faults: dict[str, Any] = {}
    if scheme.get("stratify") == Stratify.CREDIT and scheme.get("disclosure") == Disclosure.FULL:
        faults["disclosure"] = _("按信用风险等级分层时必须选择“公开校验结果”，否则会泄露等级")
    if scheme.get("min_officers", 2) < 2:
        faults["min_officers"] = _("每个部门每户不得少于两名执法人员")
    if scheme["window_from_on"] > scheme["window_to_on"]:
        faults["window_to_on"] = _("结束日期不能早于开始日期")
    if faults:
        raise Invalid(fields=faults)


def _create(
    department: Department, origin: str, scope: str, name: str, actor: Actor, **scheme: Any
) -> InspectionTask:
    year = clock.today().year
    hold(department.region)
    region = department.region.code[:6]
    prefix = f"{region}{year}"
    serial = InspectionTask.objects.filter(number__startswith=prefix).count() + 1
    number = task_number(region, year, serial)
    fact = events.TaskDrafted(number=number, origin=origin)
    scheme.setdefault("disclosure", Disclosure.PROOFS)
    return create(
        InspectionTask,
        TASK["draft"],
        fact,
        actor=actor,
        number=number,
        department=department,
        origin=origin,
        scope=scope,
        name=name,
        **scheme,
    )


def _put_items(
    task: InspectionTask,
    items: Iterable[InspectionItem],
    participants: Sequence[Department],
    actor: Actor,
) -> None:
    """Give each item to the department that owns it; a participant without one shares the lead's."""
    departments = [task.department, *participants]
    owned: set[int] = set()
    order = 0
    chosen = list(items)
    for item in chosen:
        owner = item.department if item.department in departments else task.department
        order += 1
        TaskItem.objects.create(task=task, item=item, department=owner, order=order)
        owned.add(owner.pk)
    for department in departments:
        if department.pk not in owned and chosen:
            order += 1
            TaskItem.objects.create(task=task, item=chosen[0], department=department, order=order)
    for department in departments:
        fact = events.ParticipantInvited(department=department.code)
        create(
            Participation,
            PARTICIPATION["invite"],
            fact,
            actor=actor,
            task=task,
            department=department,
            is_lead=department == task.department,
            own_list=_keeps_a_list(task, department),
        )


def _keeps_a_list(task: InspectionTask, department: Department) -> bool:
    """Say whether a department's own register has targets in the scope (本部门名录有对象)."""
    if department == task.department or task.plan_line is None:
        return department == task.department
    return pool(task, department).filter(state=TargetState.ACTIVE).exists()
