"""What a register file says, row by row, before anything is stored."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One good row of a target file (检查对象数据行); ``row`` is the sheet's own row number."""

    row: int
    name: str
    uscc: str
    registration_no: str
    kind: str
    registration_status: str
    founded_on: date | None
    address: str
    region_code: str
    industry: str
    licence_name: str
    licence_no: str
    licence_valid_to_on: date | None
    credit_class: str
    legal_representative: str
    phone: str

    @property
    def code(self) -> str:
        """What draws call the target (对象代码)."""
        return self.uscc or self.registration_no


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row is not taken in (问题行): where, what, and how to mend it."""

    row: int
    field: str
    code: str
    message: str
    mend: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)
