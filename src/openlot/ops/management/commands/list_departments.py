"""Print the departments (部门列表): code and name."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from openlot.accounts.models import Department


class Command(BaseCommand):
    """Prints code and name of each department, tab between."""

    help = "Print code and name of each department."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per department."""
        for department in Department.objects.order_by("code"):
            self.stdout.write(f"{department.code}\t{department.name}")
