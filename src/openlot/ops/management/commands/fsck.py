"""Check the whole database (全库核验)."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from openlot.ops.fsck.findings import Check, Level
from openlot.ops.fsck.run import examine


class Command(BaseCommand):
    """Prints a line for each finding; exit 0 when all is well, 1 when something is wrong."""

    help = "Check counts, tree, replay and witnesses of the database that DATABASE_URL names."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose how deep to look, and in which form to tell."""
        levels = [level.value for level in Level]
        parser.add_argument("--level", type=int, choices=levels, default=Level.REPLAY.value)
        parser.add_argument("--json", action="store_true", help="one JSON object per finding")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, tell, and fail when there is something to tell."""
        n = 0
        for finding in examine(Level(options["level"]), tell=self._progress):
            n += 1
            as_json = json.dumps(dataclasses.asdict(finding), ensure_ascii=False)
            self.stdout.write(as_json if options["json"] else str(finding))
        if n:
            raise CommandError(_("发现 %(n)s 处异常") % {"n": n}, returncode=1)
        if not options["json"]:
            self.stdout.write(_("核验通过，未发现异常"))

    def _progress(self, check: Check) -> None:
        self.stderr.write(f"[{check.level.value}] {check.name}")
