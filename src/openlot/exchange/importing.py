"""Taking a register file in, from its bytes to the register (导入名录文件)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from openlot.accounts.models import Department
from openlot.exchange.tables import read_table
from openlot.exchange.target_sheet import parse
from openlot.kernel.actor import Actor
from openlot.registers.models import ImportBatch
from openlot.registers.rows import RowFault
from openlot.registers.selectors import region_codes
from openlot.registers.services import import_targets


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
    """Read and import a file of targets (批量导入).

    raises    Invalid, TooLarge for a file that cannot be read; Denied
    """
    sheet = parse(read_table(data, filename), region_codes())
    count, batch = import_targets(
        department,
        sheet.rows,
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
