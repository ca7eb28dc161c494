"""Keeping the two registers alive: import, single entry, leave, recusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department, Region
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.lifecycle.arrows import Arrow
from openlot.lifecycle.fire import create, fire, hold
from openlot.registers import events
from openlot.registers.machine import INSPECTOR, TARGET
from openlot.registers.models import (
    ImportBatch,
    InspectionTarget,
    Inspector,
    InspectorCategory,
    Leave,
    QuarantinedRow,
    Recusal,
    RegistrationStatus,
    TargetState,
)
from openlot.registers.rows import RowFault, TargetRow
from openlot.registers.search import searchable
from openlot.rights.access import holds, require, scopes
from openlot.rights.perms import Perm
from openlot.rights.rules import Scope
from openlot.rules.credit_code import code_fault, registration_fault
from openlot.trail.events import Event
from openlot.trail.writer import record

CHUNK = 2_000
GONE = {
    RegistrationStatus.CANCELLED,
    RegistrationStatus.REVOKED,
    RegistrationStatus.ANNULLED,
    RegistrationStatus.MOVED_OUT,
}
COMPARED = (
    "kind",
    "name",
    "uscc",
    "registration_no",
    "registration_status",
    "founded_on",
    "address",
    "region_id",
    "industry",
    "licence_name",
    "licence_no",
    "licence_valid_to_on",
    "legal_representative",
    "phone",
    "credit_class",
)


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What an import comes to (导入结果)."""

    added: int
    updated: int
    unchanged: int


class _Rehearsal(Exception):
    """Ends a dry run by rolling everything back."""


def import_targets(
    department: Department,
    rows: Iterable[TargetRow],
    faults: Sequence[RowFault],
    *,
    file_name: str,
    file_sha256: str,
    actor: Actor,
    dry_run: bool = False,
) -> tuple[ImportCount, ImportBatch | None]:
    """Take a read file into a department's register (批量导入): once more changes nothing.

    rows      read one by one as they are stored: a million need not stand in memory
    faults    the rows that are not taken in, whole once ``rows`` is through
    dry_run   count only; nothing stays
    raises    Denied
    law       JZF2020-9/2.2.2
    """
    count = ImportCount(0, 0, 0)
    batch: ImportBatch | None = None
    try:
        with transaction.atomic():
            require_import(department, actor)
            hold(department)
            count = _apply(department, rows, actor)
            batch = _record_batch(department, count, faults, file_name, file_sha256, actor)
            if dry_run:
                raise _Rehearsal
    except _Rehearsal:
        batch = None
    return count, batch


def require_import(department: Department, actor: Actor) -> None:
    """Refuse an actor who may not keep the register of ``department`` (导入权限).

    raises    Denied
    """
    if actor.is_system or Scope.ANYWHERE in scopes(actor, Perm.TARGET_EDIT):
        return
    if not holds(actor, Perm.TARGET_EDIT) or actor.department_id != department.pk:
        raise Denied


def _apply(department: Department, rows: Iterable[TargetRow], actor: Actor) -> ImportCount:
    regions = dict(Region.objects.values_list("code", "pk"))
    added = updated = unchanged = 0
    waiting = iter(rows)
    while part := list(islice(waiting, CHUNK)):
        known = {
            target.code: target
            for target in InspectionTarget.objects.filter(
                department=department, code__in=[row.code for row in part]
            )
        }
        fresh: list[InspectionTarget] = []
        changed: list[InspectionTarget] = []
        moved: list[tuple[InspectionTarget, str]] = []
        for row in part:
            values = _values(row, regions)
            target = known.get(row.code)
            if target is None:
                fresh.append(_new(department, row.code, values))
                continue
            if all(getattr(target, name) == values[name] for name in COMPARED):
                unchanged += 1
                continue
            for name in COMPARED:
                setattr(target, name, values[name])
            for column, text in searchable(target.name).items():
                setattr(target, column, text)
            target.updated_at = clock.now()
            changed.append(target)
            if target.state != state_for(row.registration_status):
                moved.append((target, row.registration_status))
        InspectionTarget.objects.bulk_create(fresh, batch_size=500)
        InspectionTarget.objects.bulk_update(
            changed, [*COMPARED, "name_initials", "search_words", "updated_at"], batch_size=500
        )
        for target, status in moved:
            _move(target, status, actor)
        added, updated = added + len(fresh), updated + len(changed)
    return ImportCount(added, updated, unchanged)


def _record_batch(
    department: Department,
    count: ImportCount,
    faults: Sequence[RowFault],
    file_name: str,
    file_sha256: str,
    actor: Actor,
) -> ImportBatch:
    n_rows = count.added + count.updated + count.unchanged + len(faults)
    batch = ImportBatch.objects.create(
        department=department,
        file_name=file_name,
        file_sha256=file_sha256,
        at=clock.now(),
        by_ref=actor.ref,
        n_rows=n_rows,
        n_added=count.added,
        n_updated=count.updated,
        n_unchanged=count.unchanged,
        n_quarantined=len(faults),
    )
    QuarantinedRow.objects.bulk_create(
        QuarantinedRow(
            batch=batch,
            row=f.row,
            field=f.field,
            code=f.code,
            message=f.message,
            mend=f.mend,
            values=f.values,
        )
        for f in faults
    )
    fact = events.TargetsImported(
        file_sha256=file_sha256,
        n_rows=n_rows,
        n_added=count.added,
        n_updated=count.updated,
        n_quarantined=len(faults),
        file_name=file_name,
    )
    record(fact, actor=actor, subject=batch, department=department.code)
    return batch


@transaction.atomic
def add_target(*, department: Department, values: dict[str, Any], actor: Actor) -> InspectionTarget:
    """Enter one target by hand (单户录入).

    values    the columns of a target; without any code a reason must be given
    raises    Invalid, Conflict, Denied
    """
    faults = _target_faults(values)
    if faults:
        raise Invalid(fields=faults)
    hold(department)
    code = values.get("code") or values.get("uscc") or values.get("registration_no")
    if not code:
        number = InspectionTarget.objects.filter(department=department).count() + 1
        code = f"{department.code}-{values['kind'][:4].upper()}-{number:06d}"
    if InspectionTarget.objects.filter(department=department, code=code).exists():
        raise Conflict(_("名录库中已有代码为 %(code)s 的对象"), code=code)
    fact = events.TargetAdded(code=code, name=values["name"])
    target = create(
        InspectionTarget,
        TARGET["add"],
        fact,
        actor=actor,
        department=department,
        **{
            **values,
            "code": code,
            **searchable(values["name"]),
            "updated_at": clock.now(),
            "source": "manual",
        },
    )
    if state_for(target.registration_status) != TargetState.ACTIVE:
        target = _move(target, target.registration_status, actor)
    return target


@transaction.atomic
def add_inspector(*, department: Department, values: dict[str, Any], actor: Actor) -> Inspector:
    """Enter an inspector or an assistant (录入执法检查人员).

    raises    Invalid when somebody who is to inspect has no certificate, Denied
    """
    assistant = values["category"] == InspectorCategory.ASSISTANT
    if not assistant and not values.get("certificate_no"):
        raise Invalid(
            fields={"certificate_no": _("执法人员须填写执法证号；无证人员请登记为协助人员")}
        )
    fact = events.InspectorAdded(
        category=values["category"], number=values["number"], name=values["name"]
    )
    arrow = INSPECTOR["add_assistant" if assistant else "add_inspector"]
    return create(Inspector, arrow, fact, actor=actor, department=department, **values)


@transaction.atomic
def enter_leave(
    inspector: Inspector, *, from_on: date, to_on: date, reason: str, actor: Actor
) -> Leave:
    """Enter days on which an inspector cannot be sent (登记请假), before the freeze.

    raises    Invalid, Denied
    """
    require(actor, Perm.INSPECTOR_EDIT, inspector)
    if from_on > to_on:
        raise Invalid(fields={"to_on": _("结束日期不能早于开始日期")})
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明请假事由")})
    leave = Leave.objects.create(inspector=inspector, from_on=from_on, to_on=to_on, reason=reason)
    fact = events.LeaveEntered(from_on=from_on.isoformat(), to_on=to_on.isoformat(), reason=reason)
    record(fact, actor=actor, subject=inspector, department=inspector.department.code)
    return leave


def lapse_certificate(inspector: Inspector, *, actor: Actor) -> Inspector:
    """Record that a certificate no longer holds (证件失效); nobody is sent on it any more."""
    fact = events.CertificateLapsed(on=clock.today().isoformat())
    return fire(inspector, INSPECTOR["lapse"], fact, actor=actor)


def move_inspector_out(inspector: Inspector, *, reason: str, actor: Actor) -> Inspector:
    """Take an inspector who has left out of the register (调离出库).

    raises    Invalid without a reason
    """
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明原因")})
    fact = events.InspectorMovedOut(reason=reason.strip())
    return fire(inspector, INSPECTOR["move_out"], fact, actor=actor)


@transaction.atomic
def declare_recusal(
    inspector: Inspector, *, target_code: str, reason: str, actor: Actor
) -> Recusal:
    """Declare that an inspector must not inspect a target (申报回避)."""
    require(actor, Perm.INSPECTOR_EDIT, inspector)
    recusal, _made = Recusal.objects.get_or_create(
        inspector=inspector, target_code=target_code, defaults={"reason": reason}
    )
    fact = events.RecusalDeclared(target=target_code, reason=reason)
    record(fact, actor=actor, subject=inspector, department=inspector.department.code)
    return recusal


def state_for(status: str) -> str:
    """Return the register state (在库状态) that a registration status leads to."""
    if status in GONE:
        return TargetState.MOVED_OUT
    return TargetState.DORMANT if status == RegistrationStatus.DORMANT else TargetState.ACTIVE


def _new(department: Department, code: str, values: dict[str, Any]) -> InspectionTarget:
    return InspectionTarget(
        department=department,
        code=code,
        **searchable(values["name"]),
        state=state_for(values["registration_status"]),
        source="import",
        updated_at=clock.now(),
        **values,
    )


def _values(row: TargetRow, regions: dict[str, int]) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "name": row.name,
        "uscc": row.uscc,
        "registration_no": row.registration_no,
        "registration_status": row.registration_status,
        "founded_on": row.founded_on,
        "address": row.address,
        "region_id": regions.get(row.region_code),
        "industry": row.industry,
        "licence_name": row.licence_name,
        "licence_no": row.licence_no,
        "licence_valid_to_on": row.licence_valid_to_on,
        "legal_representative": row.legal_representative,
        "phone": row.phone,
        "credit_class": row.credit_class,
    }


def _move(target: InspectionTarget, status: str, actor: Actor) -> InspectionTarget:
    wanted = state_for(status)
    arrow: Arrow
    fact: Event
    if wanted == TargetState.MOVED_OUT:
        arrow, fact = TARGET["move_out"], events.TargetMovedOut(status=status)
    elif wanted == TargetState.DORMANT:
        arrow, fact = TARGET["rest"], events.TargetRested(status=status)
    else:
        arrow, fact = TARGET["return_to_register"], events.TargetReturned(status=status)
    return fire(target, arrow, fact, actor=actor)


def _target_faults(values: dict[str, Any]) -> dict[str, Any]:
    faults: dict[str, Any] = {}
    if not values.get("name", "").strip():
        faults["name"] = _("请填写名称")
    uscc, number = values.get("uscc", ""), values.get("registration_no", "")
    if uscc and code_fault(uscc):
        faults["uscc"] = _("统一社会信用代码不符合校验规则，请对照营业执照核对")
    if number and registration_fault(number):
        faults["registration_no"] = _("注册号不符合校验规则，请核对")
    if not (uscc or number or values.get("code") or values.get("no_code_reason")):
        faults["no_code_reason"] = _("没有代码的对象请说明原因")
    return faults
