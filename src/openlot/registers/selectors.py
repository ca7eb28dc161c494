"""Reading the two registers."""

from __future__ import annotations

from django.db.models import QuerySet

from openlot.accounts.models import Department, Region, User
from openlot.jobs.selectors import live_jobs_of
from openlot.kernel.actor import Actor
from openlot.registers.models import (
    ImportBatch,
    InspectionTarget,
    Inspector,
    InspectorState,
    Leave,
    TargetState,
)
from openlot.rights.access import visible
from openlot.rights.perms import Perm


def target_list(actor: Actor) -> QuerySet[InspectionTarget]:
    """Return the targets that ``actor`` may see (检查对象名录)."""
    rows = visible(actor, Perm.TARGET_VIEW, InspectionTarget.objects.all())
    return rows.select_related("region", "department")


def inspector_list(actor: Actor) -> QuerySet[Inspector]:
    """Return the inspectors that ``actor`` may see (执法检查人员名录)."""
    rows = visible(actor, Perm.INSPECTOR_VIEW, Inspector.objects.all())
    return rows.select_related("region", "department")


def without_register_row(actor: Actor) -> QuerySet[User]:
    """Return the people of the actor's department who stand in no register (未入库人员)."""
    living = Inspector.objects.exclude(state=InspectorState.MOVED_OUT).filter(user__isnull=False)
    rows = User.objects.filter(department_id=actor.department_key, is_active=True)
    return rows.exclude(pk__in=living.values("user_id")).order_by("name", "pk")


def import_batches(actor: Actor) -> QuerySet[ImportBatch]:
    """Return the imports of the departments that ``actor`` may see (导入记录)."""
    return visible(actor, Perm.TARGET_EDIT, ImportBatch.objects.all()).select_related("department")


def region_codes() -> dict[str, str]:
    """Return the townships (乡镇街道): name to nine-digit code."""
    return dict(Region.objects.filter(code__regex=r"^\d{9}$").values_list("name", "code"))


def drawable(department: Department) -> QuerySet[InspectionTarget]:
    """Return the targets of a department that can be drawn (可抽取对象)."""
    return InspectionTarget.objects.filter(department=department, state=TargetState.ACTIVE)


def coming_leaves(inspector: Inspector) -> QuerySet[Leave]:
    """Return the absences of an inspector (请假记录), newest first."""
    return inspector.leaves.filter(cancelled_at=None).order_by("-from_on")


def import_key(department: Department, file_sha256: str) -> str:
    """Return the key of the job (导入任务标识) that takes a file into a register."""
    return f"import:{department.code}:{file_sha256}"


def is_importing(department: Department) -> bool:
    """Say whether a file is half way into the register of a department (正在导入)."""
    return live_jobs_of(import_key(department, "")).exists()
