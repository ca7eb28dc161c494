"""The public ledger (排除与改派公开账), added up from what was published and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from openlot.publication.models import PublicRecord
from openlot.publication.selectors import published

Kind = PublicRecord.Kind


@dataclass
class Account:
    """One department's account (部门账): listed, left out by reason, voided, replaced, re-matched."""

    department: str
    draws: int = 0
    entries: int = 0
    voids: int = 0
    amendments: int = 0
    extensions: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def excluded(self) -> int:
        """How many entries could not be drawn."""
        return sum(self.reasons.values())

    @property
    def by_reason(self) -> list[tuple[str, int]]:
        """How many for which reason (按原因计数)."""
        return sorted(self.reasons.items())

    @property
    def rate(self) -> str:
        """The share that was left out (排除率)."""
        return f"{self.excluded * 10_000 // self.entries / 100:.2f}%" if self.entries else "—"


def public_ledger(year: int | None = None) -> list[Account]:
    """Return the accounts of the departments (各部门账), the highest rate first."""
    found: dict[str, Account] = {}

    def of(record: PublicRecord) -> Account:
        return found.setdefault(record.department_name, Account(record.department_name))

    rows = {kind: published(kind) for kind in (Kind.ANNOUNCEMENT, Kind.VOID, Kind.DRAW)}
    if year is not None:
        rows = {kind: records.filter(year=year) for kind, records in rows.items()}
    for record in rows[Kind.ANNOUNCEMENT]:
        account = of(record)
        account.draws += 1
        account.extensions += bool(record.body.get("extends")) and record.body["attempt"] == 1
        account.entries += sum(total["entries"] for total in record.body["totals"])
        for row in record.body.get("excluded", ()):
            account.reasons[row["code"]] += row["n"]
    for record in rows[Kind.VOID]:
        of(record).voids += 1
    for record in rows[Kind.DRAW]:
        of(record).amendments += len(record.body.get("amendments", ()))
    return sorted(
        found.values(), key=lambda one: (-one.excluded / max(one.entries, 1), one.department)
    )
