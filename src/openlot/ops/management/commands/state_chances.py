"""Compute the statement of chances of a draw (概率说明), begun by somebody on the site."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from openlot.draws.models import ChanceStatement
from openlot.draws.services import compute_statement


class Command(BaseCommand):
    """Simulates the draws of one statement and keeps it."""

    help = "Compute the statement of chances that was begun for a draw (its public id)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the draw's public id."""
        parser.add_argument("draw")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute, or say that nobody began it."""
        rows = ChanceStatement.objects.select_related("draw__task__department")
        statement = rows.filter(draw__public_id=options["draw"], finished_at=None).first()
        if statement is None:
            raise CommandError("nobody began a statement for this draw, or it is finished")
        done = compute_statement(statement)
        self.stdout.write(f"{done.draw} {done.done}/{done.simulations} {done.sha256}")
