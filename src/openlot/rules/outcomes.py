"""Result codes (检查结果代码): a versioned table, what may stand together, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ResultCode:
    """One result (检查结果) of a table.

    exclusive  stands alone; negative can be repaired later; terminal = could not be inspected
    scope      ``item`` | ``overall`` | ``both``; follow_up: kinds of follow-up it demands
    """

    code: str
    name: str
    exclusive: bool
    negative: bool
    terminal: bool
    scope: str
    severity: int
    needs_text: bool
    follow_up: str


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A version of the result codes (检查结果代码表)."""

    version: str
    codes: Mapping[str, ResultCode]

    @classmethod
    def parse(cls, body: Sequence[Mapping[str, Any]], *, version: str) -> CodeTable:
        """Read a table (读取代码表) as it is stored."""
        rows = [
            ResultCode(
                code=row["code"],
                name=row["name"],
                exclusive=row["exclusive"],
                negative=row["negative"],
                terminal=row["terminal"],
                scope=row["scope"],
                severity=row["severity"],
                needs_text=row.get("needs_text", False),
                follow_up=row.get("follow_up", ""),
            )
            for row in body
        ]
        return cls(version, {row.code: row for row in rows})

    def names(self, codes: Iterable[str]) -> list[str]:
        """Return the words of codes (结果名称) as they stood in this version."""
        return [self.codes[code].name for code in codes]


@dataclass(frozen=True, slots=True)
class CodeFault:
    """Why a combination of codes is refused (结果组合有误): ``reason`` is a stable word."""

    reason: str
    code: str


def check_combination(codes: Sequence[str], table: CodeTable, scope: str) -> list[CodeFault]:
    """Return what is wrong with a choice of codes (结果组合校验); empty when it may stand."""
    faults = [CodeFault("unknown", code) for code in codes if code not in table.codes]
    if faults:
        return faults
    if not codes:
        return [CodeFault("missing", "")]
    rows = [table.codes[code] for code in codes]
    faults += [CodeFault("scope", r.code) for r in rows if r.scope not in (scope, "both")]
    if len(rows) > 1:
        faults += [CodeFault("exclusive", row.code) for row in rows if row.exclusive]
    return faults


def overall(
    item_codes: Iterable[Sequence[str]], added: Sequence[str], table: CodeTable
) -> list[str]:
    """Return the overall result (总体结果): derived, worst first; the person may add, never soften.

    Terminal codes stand for everything else: what could not be inspected has no other result.
    """
    codes = {code for row in item_codes for code in row} | set(added)
    terminal = [code for code in codes if table.codes[code].terminal]
    if terminal:
        return sorted(terminal)
    negative = [code for code in codes if table.codes[code].negative]
    chosen = negative or list(codes)
    if not negative:
        worst = max((table.codes[code].severity for code in codes), default=0)
        chosen = [code for code in codes if table.codes[code].severity == worst]
    return sorted(chosen, key=lambda code: (-table.codes[code].severity, code))


def demanded_follow_ups(codes: Iterable[str], table: CodeTable) -> list[tuple[str, str]]:
    """Return (code, kind of follow-up) for each negative code (应有的后续处置)."""
    return [
        (code, table.codes[code].follow_up)
        for code in codes
        if table.codes[code].negative and table.codes[code].follow_up
    ]
