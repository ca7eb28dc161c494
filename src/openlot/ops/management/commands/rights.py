"""Write the table of rights (权限表) into docs/rights.md from the rules themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from openlot.kernel.actor import Role
from openlot.rights.perms import Perm
from openlot.rights.rules import RULES, Scope

TARGET = Path("docs/rights.md")
BEGIN, END = "<!-- made by `openlot rights`; do not edit -->", "<!-- end -->"
MARKS = {
    Scope.ANYWHERE: "●",
    Scope.DEPARTMENT: "D",
    Scope.BRANCHES: "D+",
    Scope.INVOLVED: "I",
    Scope.WATCHED: "I+",
    Scope.FIELD: "F",
    Scope.ASSIGNED: "S",
}


class Command(BaseCommand):
    """Writes which role may do what, and how far, between the two marks of the page."""

    help = "Write the table of docs/rights.md from the rules."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only compare with --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the table, or fail when it is stale."""
        page = TARGET.read_text(encoding="utf-8")
        if BEGIN not in page or END not in page:
            raise CommandError(f"{TARGET}: the two marks of the table are missing")
        before, rest = page.split(BEGIN, 1)
        fresh = f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END, 1)[1]}"
        if options["check"]:
            if fresh != page:
                raise CommandError("docs/rights.md is stale: run openlot rights")
            return
        TARGET.write_text(fresh, encoding="utf-8")


def table() -> str:
    """Return one row per right, one column per role (权限表)."""
    roles = list(Role)
    lines = [
        "| right | " + " | ".join(str(role.label) for role in roles) + " |",
        "|---|" + "---|" * len(roles),
    ]
    for perm in Perm:
        cells = [MARKS[RULES[role, perm]] if (role, perm) in RULES else " " for role in roles]
        lines.append(f"| {perm.value} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
