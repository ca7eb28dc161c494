"""What a verification found (核验报告)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Check:
    """One thing that was checked (核验项); ``ok`` None means that it could not be checked."""

    name: str
    ok: Optional[bool]
    detail: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        mark = "skip" if self.ok is None else "ok  " if self.ok else "FAIL"
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{mark} {self.name}: {place}{self.detail}"


@dataclass(frozen=True)
class Report:
    """All checks of one verification (核验报告)."""

    checks: Tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return all(check.ok is not False for check in self.checks)
