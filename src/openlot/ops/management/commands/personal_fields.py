"""Tell the personal fields (个人信息清单): the table of docs/privacy.md from the declarations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from openlot.kernel.actor import Role
from openlot.privacy.personal import PersonalField, personal_models
from openlot.rights.perms import Perm
from openlot.rights.rules import RULES

TARGET = Path("docs/privacy.md")
BEGIN, END = "<!-- personal fields: begin -->\n", "<!-- personal fields: end -->\n"
HEADS = ("kept in", "field", "shown as", "read whole, with a reason, by", "kept for", "how long")


class Command(BaseCommand):
    """Writes the table of personal fields: what, who sees it whole, why and how long."""

    help = "Write the table of docs/privacy.md from the declarations beside the models."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only compare with --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the table, or fail when it is stale."""
        page = TARGET.read_text(encoding="utf-8")
        before, _begin, rest = page.partition(BEGIN)
        _old, _end, after = rest.partition(END)
        with translation.override("en"):
            fresh = f"{before}{BEGIN}{table()}{END}{after}"
        if options["check"]:
            if fresh != page:
                raise CommandError("docs/privacy.md is stale: run openlot personal_fields")
            return
        TARGET.write_text(fresh, encoding="utf-8")


def table() -> str:
    """Return the table of all personal fields (个人信息清单) in Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", "|" + "---|" * len(HEADS)]
    for model, fields in personal_models():
        for name, field in fields.items():
            cells = (
                model.__name__,
                f"{field.label} (`{name}`)",
                field.mask.label,
                _readers(field),
                field.purpose,
                field.kept,
            )
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def _readers(field: PersonalField) -> str:
    return "; ".join(f"`{perm.value}`: {_holders(perm)}" for perm in field.reveal) or "—"


def _holders(perm: Perm) -> str:
    held = [(role, RULES[role, perm]) for role in Role if (role, perm) in RULES]
    return ", ".join(f"{role.label} ({scope.value})" for role, scope in held)
