"""Draw the machines (状态图): docs/machines.md from the arrows themselves."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from openlot.lifecycle.arrows import MACHINES, Machine

APPS = (
    "accounts",
    "signin",
    "items",
    "registers",
    "plans",
    "tasks",
    "draws",
    "drawing_days",
    "inspections",
    "results",
)
TARGET = Path("docs/machines.md")


class Command(BaseCommand):
    """Writes every machine as a mermaid diagram with rights and clauses."""

    help = "Write docs/machines.md from the arrows."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only compare with --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page, or fail when it is stale."""
        for app in APPS:
            import_module(f"openlot.{app}.machine")
        page = "# The machines\n\nMade by `openlot diagrams`; do not edit.\n\n" + "\n".join(
            _diagram(MACHINES[label]) for label in sorted(MACHINES)
        )
        if options["check"]:
            if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != page:
                raise CommandError("docs/machines.md is stale: run openlot diagrams")
            return
        TARGET.write_text(page, encoding="utf-8")


def _diagram(machine: Machine) -> str:
    lines = [f"## {machine.label}", "", "```mermaid", "stateDiagram-v2"]
    for arrow in machine.arrows.values():
        for source in sorted(arrow.sources) or ["[*]"]:
            lines.append(f"    {source} --> {arrow.target or source}: {arrow.name}")
    lines += ["```", "", "| move | right | event | clause |", "|---|---|---|---|"]
    lines += [
        f"| {a.name} | {a.perm.value} | {a.event.kind} | {a.law} |" for a in machine.arrows.values()
    ]
    return "\n".join([*lines, ""])
