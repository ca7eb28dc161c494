"""Make the log's signing key (生成日志签名密钥), or print its public key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from openlot.kernel.errors import Conflict, Invalid
from openlot.trail.keys import log_keys, make_key
from openlot.trail.reading import newest_checkpoint
from openlot.trail.signer import held, memory_file, remember


class Command(BaseCommand):
    """Writes a new key to LOG_KEY_FILE with mode 0600, and prints the public key to pin."""

    help = "Make the log's signing key and print its public key."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Only print with --show; take the database's word for what was signed with --adopt."""
        parser.add_argument("--show", action="store_true")
        parser.add_argument("--adopt", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, show or adopt."""
        if not settings.LOG_KEY_FILE:
            raise Invalid(_("请先设置 LOG_KEY_FILE：日志签名密钥的文件路径"))
        if options["adopt"]:
            self._adopt()
        elif not options["show"]:
            make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
        for key in log_keys():
            self.stdout.write(key.vkey)

    def _adopt(self) -> None:
        last = newest_checkpoint()
        with held():
            if memory_file().exists() or last is None:
                raise Conflict(_("签名记录文件已存在，或尚无检查点，无须接管"))
            remember(last.note)
