"""Reading inspections."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from openlot.accounts.models import Department
from openlot.draws.models import Draw, DrawState
from openlot.inspections.models import Assignment, Inspection, InspectionState
from openlot.kernel.actor import Actor
from openlot.kernel.errors import NotFound
from openlot.registers.models import Inspector, InspectorState
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.tasks.models import InspectionTask, TaskItem

PENDING = (InspectionState.READY, InspectionState.INSPECTING)


def inspection_list(actor: Actor) -> QuerySet[Inspection]:
    """Return the inspections that ``actor`` may see (检查列表)."""
    rows = visible(actor, Perm.INSPECTION_VIEW, Inspection.objects.all())
    left = Exists(without_officer().filter(pk=OuterRef("pk")))
    return rows.select_related("task__department", "target__region").annotate(officer_left=left)


def living(task: InspectionTask) -> QuerySet[Inspection]:
    """Return the inspections of a task that count (有效检查): not those of a voided draw."""
    return task.inspections.exclude(state=InspectionState.CANCELLED)


def without_officer() -> QuerySet[Inspection]:
    """Return the pending inspections one of whose officers has left (待改派)."""
    gone = Assignment.objects.filter(has_left(), inspection=OuterRef("pk"))
    return Inspection.objects.filter(Exists(gone), state__in=PENDING)


def has_left() -> Q:
    """Return the condition of officers who have left (已离岗): the register, or their account."""
    account = Q(inspector__user__is_active=False) | ~Q(
        inspector__user__department=F("inspector__department")
    )
    out = Q(inspector__state=InspectorState.MOVED_OUT)
    return out | (account & Q(inspector__user__isnull=False))


def leavers(inspection: Inspection) -> list[Inspector]:
    """Return the officers to be replaced (待改派人员) while the inspection is pending."""
    if inspection.state not in PENDING:
        return []
    rows = inspection.assignments.filter(has_left()).select_related("inspector")
    return [row.inspector for row in rows.order_by("pk")]


def without_papers() -> QuerySet[Draw]:
    """Return the draws whose officers are matched and whose papers are not made (待制发文书)."""
    rows = Draw.objects.filter(state=DrawState.MATCHED, void_requested_at=None)
    return rows.filter(~Exists(Inspection.objects.filter(draw=OuterRef("pk"))))


def matched_leavers(draw: Draw) -> list[Inspector]:
    """Return the matched officers who left before the papers were made (已匹配、已离岗人员)."""
    gone = draw.matched_officers.filter(has_left(), draw__in=without_papers()).values("inspector")
    return list(Inspector.objects.filter(pk__in=gone).order_by("pk"))


def by_check_code(actor: Actor, code: str) -> Inspection:
    """Return the inspection whose notice carries ``code`` (按查验码取检查).

    raises    NotFound when there is none or it is not the actor's
    """
    rows = visible(actor, Perm.INSPECTION_VISIT, Inspection.objects.all())
    found = rows.filter(check_code=code.strip().lower()).first()
    if found is None:
        raise NotFound
    return found


def own_officer(actor: Actor, inspection: Inspection) -> Inspector:
    """Return the actor as an officer of this inspection (本人指派).

    raises    NotFound for somebody who was not matched to it
    """
    row = (
        Assignment.objects.filter(inspection=inspection, inspector__user_id=actor.user_key)
        .select_related("inspector__department")
        .first()
    )
    if row is None:
        raise NotFound
    return row.inspector


def officers(inspection: Inspection) -> dict[str, list[Assignment]]:
    """Return the officers by department name (各部门检查人员), the leader first."""
    found: dict[str, list[Assignment]] = {}
    rows = inspection.assignments.select_related("inspector", "department")
    for row in rows.order_by("department__code", "-is_leader", "slot"):
        found.setdefault(row.department.name, []).append(row)
    return found


def departments_of(inspection: Inspection) -> list[Department]:
    """Return the departments that check this target (检查部门): those with officers here."""
    rows = Department.objects.filter(pk__in=inspection.assignments.values("department_id"))
    return list(rows.order_by("code"))


def items_of(inspection: Inspection, department_id: int) -> list[TaskItem]:
    """Return the items that one department checks here (本部门检查事项)."""
    return list(
        inspection.task.task_items.filter(department_id=department_id)
        .select_related("item")
        .prefetch_related("item__questions")
    )


def visits_in_year(target_codes: Collection[str], year: int) -> dict[str, int]:
    """Return how often each business was entered in a year (年度检查频次); joint visits are one."""
    rows = Inspection.objects.filter(target__code__in=target_codes, started_at__year=year)
    return dict(rows.order_by().values_list("target__code").annotate(n=Count("pk")))
