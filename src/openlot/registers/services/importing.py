"""Taking files into a register (批量导入): at once when small, else part by part, each row once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from openlot.accounts.models import Department, Region
from openlot.jobs.selectors import live_job
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, StaleState
from openlot.lifecycle.arrows import Arrow
from openlot.lifecycle.fire import hold
from openlot.lifecycle.many import create_many, fire_many
from openlot.registers import events
from openlot.registers.machine import TARGET
from openlot.registers.models import (
    ImportBatch,
    ImportFile,
    InspectionTarget,
    QuarantinedRow,
    TargetState,
)
from openlot.registers.rows import RowFault, TargetRow
from openlot.registers.search import searchable
from openlot.registers.selectors import import_key
from openlot.registers.services.placing import place, state_for
from openlot.registers.services.telling import Teller
from openlot.rights.access import holds, scopes
from openlot.rights.perms import Perm
from openlot.rights.rules import Scope
from openlot.trail.events import Event
from openlot.trail.writer import record

CHUNK = 2_000
BIRTHS: dict[str, Arrow] = {
    TargetState.ACTIVE: TARGET["take_in"],
    TargetState.DORMANT: TARGET["take_in_dormant"],
    TargetState.MOVED_OUT: TARGET["take_in_gone"],
}


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
    rows: Sequence[TargetRow],
    faults: Sequence[RowFault],
    *,
    n_rows: int,
    file_name: str,
    file_sha256: str,
    actor: Actor,
    dry_run: bool = False,
) -> tuple[ImportCount, ImportBatch | None]:
    """Take a read file into a department's register (批量导入): once more changes nothing.

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
            batch = _new_batch(department, file_name, file_sha256, actor)
            count = _apply(batch, rows, actor)
            _add_to(batch, count, len(rows))
            batch = _end(batch, faults, n_rows, actor)
            if dry_run:
                raise _Rehearsal
    except _Rehearsal:
        batch = None
    return count, batch


@transaction.atomic
def stage_import(
    department: Department, data: bytes, *, file_name: str, file_sha256: str, actor: Actor
) -> ImportBatch:
    """Keep a large file (暂存导入文件) until it has been taken in part by part.

    A file that is being taken in already is not kept a second time: its batch is returned.

    raises    Denied
    """
    require_import(department, actor)
    hold(department)
    running = live_job(import_key(department, file_sha256))
    if running is not None:
        return ImportBatch.objects.get(public_id=running.arguments["args"][0])
    batch = _new_batch(department, file_name, file_sha256, actor)
    ImportFile.objects.create(batch=batch, content=data)
    fact = events.ImportBegun(file_sha256=file_sha256, n_bytes=len(data), file_name=file_name)
    record(fact, actor=actor, subject=batch, department=department.code)
    return batch


@transaction.atomic
def take_rows(
    batch: ImportBatch, rows: Sequence[TargetRow], *, first: int, actor: Actor
) -> ImportBatch:
    """Take the next rows of a staged file (分批导入) into the register.

    first     how many rows were taken before; whoever comes second takes nothing
    raises    Denied, StaleState
    """
    department = batch.department
    require_import(department, actor)
    hold(department)
    if not ImportBatch.objects.filter(pk=batch.pk, n_done=first, finished_at=None).exists():
        raise StaleState
    count = _apply(batch, rows, actor)
    _add_to(batch, count, len(rows))
    fact = events.RowsImported(
        first=first + 1, n_rows=len(rows), n_added=count.added, n_updated=count.updated
    )
    record(fact, actor=actor, subject=batch, department=department.code)
    return ImportBatch.objects.get(pk=batch.pk)


@transaction.atomic
def finish_import(
    batch: ImportBatch, faults: Sequence[RowFault], *, n_rows: int, actor: Actor
) -> ImportBatch:
    """End a staged import (完成导入): bad rows are kept with their mends, the file is let go.

    raises    StaleState when it has ended already
    """
    hold(batch)
    if batch.finished_at is not None:
        raise StaleState
    ImportFile.objects.filter(batch=batch).update(content=b"")
    return _end(batch, faults, n_rows, actor)


@transaction.atomic
def refuse_import(batch: ImportBatch, reason: str, *, actor: Actor) -> ImportBatch:
    """End a staged import that cannot go on (导入未完成), with the reason in words.

    raises    StaleState when it has ended already
    """
    hold(batch)
    if batch.finished_at is not None:
        raise StaleState
    ImportFile.objects.filter(batch=batch).update(content=b"")
    ImportBatch.objects.filter(pk=batch.pk).update(finished_at=clock.now(), refusal=reason[:300])
    fact = events.ImportRefused(n_rows=batch.n_done, reason=reason[:300])
    record(fact, actor=actor, subject=batch, department=batch.department.code)
    return ImportBatch.objects.get(pk=batch.pk)


def require_import(department: Department, actor: Actor) -> None:
    """Refuse an actor who may not keep the register of ``department`` (导入权限).

    raises    Denied
    """
    if actor.is_system or Scope.ANYWHERE in scopes(actor, Perm.TARGET_EDIT):
        return
    if not holds(actor, Perm.TARGET_EDIT) or actor.department_id != department.pk:
        raise Denied


def _apply(batch: ImportBatch, rows: Sequence[TargetRow], actor: Actor) -> ImportCount:
    every = list(Region.objects.all())
    regions = {region.code: region.pk for region in every}
    teller = Teller(batch, {region.pk: region.name for region in every})
    added = updated = unchanged = 0
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        targets = InspectionTarget.objects.filter(
            department=batch.department, code__in=[row.code for row in part]
        )
        known = {target.code: target for target in targets.select_related("department")}
        fresh: list[tuple[InspectionTarget, Arrow, Event]] = []
        changed: list[tuple[InspectionTarget, Event, dict[str, Any]]] = []
        for row in part:
            values, target = _values(row, regions), known.get(row.code)
            if target is None:
                made = _new(batch.department, row.code, values)
                arrow = BIRTHS[state_for(row.registration_status)]
                fresh.append((made, arrow, teller.taken_in(made, values)))
            elif any(getattr(target, name) != value for name, value in values.items()):
                changed.append((target, teller.changed(target, values), _replaced(target, values)))
            else:
                unchanged += 1
        create_many(fresh, actor=actor)
        fire_many(changed, TARGET["change_by_file"], actor=actor)
        for target, _event, values in changed:
            if target.state != state_for(values["registration_status"]):
                place(target, values["registration_status"], actor)
        added, updated = added + len(fresh), updated + len(changed)
    return ImportCount(added, updated, unchanged)


def _new_batch(
    department: Department, file_name: str, file_sha256: str, actor: Actor
) -> ImportBatch:
    return ImportBatch.objects.create(
        department=department,
        file_name=file_name,
        file_sha256=file_sha256,
        at=clock.now(),
        by_ref=actor.ref,
    )


def _add_to(batch: ImportBatch, count: ImportCount, n_rows: int) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(
        n_done=F("n_done") + n_rows,
        n_added=F("n_added") + count.added,
        n_updated=F("n_updated") + count.updated,
        n_unchanged=F("n_unchanged") + count.unchanged,
    )


def _end(batch: ImportBatch, faults: Sequence[RowFault], n_rows: int, actor: Actor) -> ImportBatch:
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
    ImportBatch.objects.filter(pk=batch.pk).update(
        n_rows=n_rows, n_quarantined=len(faults), finished_at=clock.now()
    )
    ended = ImportBatch.objects.get(pk=batch.pk)
    fact = events.TargetsImported(
        file_sha256=ended.file_sha256,
        n_rows=n_rows,
        n_added=ended.n_added,
        n_updated=ended.n_updated,
        n_quarantined=len(faults),
        file_name=ended.file_name,
    )
    record(fact, actor=actor, subject=ended, department=ended.department.code)
    return ended


def _new(department: Department, code: str, values: dict[str, Any]) -> InspectionTarget:
    return InspectionTarget(
        department=department,
        code=code,
        **searchable(values["name"]),
        source="import",
        updated_at=clock.now(),
        **values,
    )


def _replaced(target: InspectionTarget, values: dict[str, Any]) -> dict[str, Any]:
    found = searchable(values["name"]) if values["name"] != target.name else {}
    return {**values, **found, "updated_at": clock.now()}


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
