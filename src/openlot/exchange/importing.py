"""Taking a register file in, from its bytes to the register (导入名录文件)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django_tasks import TaskContext, task

from openlot.accounts.models import Department, User
from openlot.exchange.tables import read_table
from openlot.exchange.target_sheet import parse
from openlot.jobs.backend import STEPS, tell
from openlot.jobs.services import Superseded, start
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied, DomainError, StaleState
from openlot.kernel.uploads import Accept, receive
from openlot.registers.models import ImportBatch
from openlot.registers.rows import RowFault
from openlot.registers.selectors import import_key, region_codes
from openlot.registers.services import (
    finish_import,
    import_targets,
    refuse_import,
    stage_import,
    take_rows,
)

LARGE = 512 * 1024  # bytes: some 4,000 rows, what a person waits for
PART = 1_000  # rows in one transaction: others write in between


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import came to (导入结果)."""

    n_rows: int
    added: int
    updated: int
    unchanged: int
    faults: list[RowFault]
    batch: ImportBatch | None


def import_file(
    department: Department, data: bytes, filename: str, *, actor: Actor, dry_run: bool = False
) -> ImportOutcome:
    """Read and import a file of targets (批量导入) in one transaction.

    raises    Invalid, TooLarge for a file that cannot be read; Denied
    """
    sheet = parse(read_table(data, filename), region_codes())
    rows = list(sheet)
    count, batch = import_targets(
        department,
        rows,
        sheet.faults,
        n_rows=sheet.n_rows,
        file_name=filename[:200],
        file_sha256=hashlib.sha256(data).hexdigest(),
        actor=actor,
        dry_run=dry_run,
    )
    return ImportOutcome(
        sheet.n_rows, count.added, count.updated, count.unchanged, sheet.faults, batch
    )


def hand_in(department: Department, data: bytes, filename: str, *, actor: Actor) -> ImportBatch:
    """Import a small file at once (批量导入), a large one as a job; return the batch to look at.

    raises    Invalid, TooLarge for a small file that cannot be read, Invalid for an infected one;
              Denied
    """
    if len(data) <= LARGE:
        batch = import_file(department, data, filename, actor=actor).batch
        assert batch is not None
        return batch
    receive(filename, data, Accept.TABLE, field="file")
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        batch = stage_import(
            department, data, file_name=filename[:200], file_sha256=digest, actor=actor
        )
        start(take_in, batch.public_id, key=import_key(department, digest), by=actor)
    return batch


@task(queue_name=STEPS, takes_context=True)
def take_in(context: TaskContext, public_id: str) -> None:
    """Take a staged file in (分批导入), from the first row that is not in the register yet.

    raises    DomainError when the file cannot be read, or who handed it in may no longer import
    """
    batch = ImportBatch.objects.select_related("department").get(public_id=public_id)
    if batch.finished_at is not None:
        return
    try:
        actor = _person(batch.by_ref)
        sheet = parse(read_table(bytes(batch.file.content), batch.file_name), region_codes())
        total, rows = len(sheet.table), islice(sheet, batch.n_done, None)
        tell(context, batch.n_done, total)
        while part := list(islice(rows, PART)):
            batch = take_rows(batch, part, first=batch.n_done, actor=actor)
            tell(context, sheet.n_rows, total)
        finish_import(batch, sheet.faults, n_rows=sheet.n_rows, actor=actor)
    except StaleState as error:
        raise Superseded from error
    except DomainError as error:
        refuse_import(batch, error.message, actor=Actor.system("import"))
        raise


def _person(ref: str) -> Actor:
    """Return the person behind a reference as they are now (操作人现有权限).

    raises    Denied for an account that was closed
    """
    users = User.objects.select_related("department").filter(is_active=True)
    user = users.filter(handle=ref.removeprefix("user:")).first()
    if user is None:
        raise Denied
    return user.as_actor()
