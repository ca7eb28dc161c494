"""Back the database up (备份)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from openlot.ops.backup.archive import open_archive
from openlot.ops.backup.backup import back_up


class Command(BaseCommand):
    """Writes one file with the whole database; keys and the signer's memory stay outside of it."""

    help = "Write a backup of the database that DATABASE_URL names."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to write; a folder gets a file named after the moment."""
        parser.add_argument("target", type=Path, help="a file, or a folder")
        parser.add_argument(
            "--check", action="store_true", help="only compare an archive with its seal"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, read it back, and say what is in it."""
        path = options["target"]
        archive = open_archive(path if options["check"] else back_up(path))
        told = {
            "path": archive.path,
            "n": archive.manifest.entries,
            "mib": archive.path.stat().st_size >> 20,
            "sha256": archive.seal,
        }
        self.stdout.write(_("备份 %(path)s：留痕 %(n)s 条，%(mib)s MiB，校验码 %(sha256)s") % told)
