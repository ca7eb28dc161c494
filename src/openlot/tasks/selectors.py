"""Reading tasks and who can be sent."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from openlot.accounts.models import Department
from openlot.kernel.actor import Actor
from openlot.plans.selectors import scope_condition
from openlot.registers.models import InspectionTarget, Inspector, InspectorState
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.tasks.models import InspectionTask, Origin, Participation


def task_list(actor: Actor) -> QuerySet[InspectionTask]:
    """Return the tasks that ``actor`` may see (任务列表)."""
    rows = visible(actor, Perm.TASK_VIEW, InspectionTask.objects.all())
    return rows.select_related("department", "plan_line")


def participations(actor: Actor) -> QuerySet[Participation]:
    """Return the participations of the actor's own department (本部门参与的任务)."""
    rows = Participation.objects.filter(department_id=actor.department_key)
    return visible(actor, Perm.TASK_VIEW, rows).select_related("task", "department")


def pool(task: InspectionTask, department: Department) -> QuerySet[InspectionTarget]:
    """Return a department's register entries in the scope of a task (抽查范围), live or not."""
    if task.origin == Origin.SUPERIOR:
        return InspectionTarget.objects.filter(pk__in=task.listed_targets.values("target_id"))
    if task.plan_line is None:
        return InspectionTarget.objects.none()
    rows = InspectionTarget.objects.filter(department=department)
    return rows.filter(scope_condition(task.plan_line))


def sendable(department: Department, window_from: date, window_to: date) -> QuerySet[Inspector]:
    """Return who of a department can be one of the two officers (可派执法人员) in a window.

    Certificates must hold through the whole window; anybody on leave on all of its days is out;
    assistants never count (T3).
    """
    rows = Inspector.objects.filter(
        department=department,
        state=InspectorState.ACTIVE,
        certificate_from_on__lte=window_from,
        certificate_to_on__gte=window_to,
    )
    away = Q(
        leaves__cancelled_at=None, leaves__from_on__lte=window_to, leaves__to_on__gte=window_from
    )
    return rows.exclude(pk__in=Inspector.objects.filter(away).values("pk")).order_by("number")


def on_leave(department: Department, window_from: date, window_to: date) -> QuerySet[Inspector]:
    """Return who of a department is away in a window (请假人员)."""
    return Inspector.objects.filter(
        department=department,
        leaves__cancelled_at=None,
        leaves__from_on__lte=window_to,
        leaves__to_on__gte=window_from,
    ).distinct()


def waiting_for(task: InspectionTask) -> list[Participation]:
    """Return the participations that have not accepted the scheme (未接受的部门)."""
    return list(task.participations.exclude(state="accepted").select_related("department"))
