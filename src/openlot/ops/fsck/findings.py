"""What a check finds (核验发现), and the register of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How deep a check looks (核验级别)."""

    STRUCTURE = 0
    TREE = 1
    REPLAY = 2
    WITNESSES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (核验发现): in which table, at which row, and what."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


Findings = Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Check:
    """One check (核验项) of a level."""

    level: Level
    name: str
    run: Callable[[], Findings]


CHECKS: dict[str, Check] = {}


def check(level: Level) -> Callable[[Callable[[], Findings]], Callable[[], Findings]]:
    """Register a check under its function's name (登记核验项)."""

    def register(run: Callable[[], Findings]) -> Callable[[], Findings]:
        if run.__name__ in CHECKS:
            raise ValueError(f"two checks are called {run.__name__}")
        CHECKS[run.__name__] = Check(level, run.__name__, run)
        return run

    return register
