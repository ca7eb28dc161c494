"""Hold a restore drill (恢复演练)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from openlot.ops.backup.drill import hold_drill


class Command(BaseCommand):
    """Backs up, restores into a scratch database, checks, and tells the trail; exit 2 when it fails."""

    help = "Prove that a backup can be restored, and tell the trail how long it took."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the archive lies meanwhile."""
        parser.add_argument("--folder", type=Path, help="a disk with room for two copies")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold it."""
        fact = hold_drill(options["folder"])
        told = {
            "n": fact.n_entries,
            "backup": fact.backup_ms / 1000,
            "load": fact.load_ms / 1000,
            "check": fact.check_ms / 1000,
        }
        words = _(
            "演练通过：留痕 %(n)s 条，备份 %(backup).1f 秒，载入 %(load).1f 秒，核验 %(check).1f 秒"
        )
        self.stdout.write(words % told)
