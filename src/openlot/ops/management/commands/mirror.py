"""Mirror the log as plain files (日志镜像)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from openlot.ops.backup.mirror import Mirror, write_mirror


class Command(BaseCommand):
    """Adds what is new since the last run; the root can be built again from the files alone."""

    help = "Bring a mirror of the log up to the newest checkpoint."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder; --private adds the events, --check only reads."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--private", action="store_true", help="with the events, for a replay")
        parser.add_argument("--check", action="store_true", help="rebuild the root from the files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or check."""
        if options["check"]:
            mirror = Mirror(options["folder"])
            mirror.require_whole()
            told = {"size": mirror.checkpoint.size, "root": mirror.checkpoint.root.hex()}
            self.stdout.write(_("镜像完好：%(size)s 条，根 %(root)s") % told)
            return
        done = write_mirror(options["folder"], private=options["private"])
        words = _("镜像由 %(before)s 条更新到 %(size)s 条，新增文件 %(n)s 个")
        self.stdout.write(words % {"before": done.before, "size": done.size, "n": done.n_files})
