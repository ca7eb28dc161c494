"""Restore a backup into a new database (核验恢复)."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from openlot.kernel.errors import Invalid
from openlot.ops.backup.restore import Anew, Restored, plan_restore, restore


class Command(BaseCommand):
    """Loads, checks and compares; what would fork the log is refused and the database left empty."""

    help = "Restore a backup into an empty database, checking everything."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take archive and database, and what to do about entries signed since."""
        parser.add_argument("archive", type=Path)
        parser.add_argument("--into", required=True, metavar="DATABASE_URL")
        parser.add_argument("--replay", type=Path, metavar="MIRROR")
        parser.add_argument("--new-incarnation", metavar="REASON")
        parser.add_argument("--last", type=Path, metavar="CHECKPOINT", help="of the old log")
        parser.add_argument("--by", help="who decided; the account of the system by default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say what was compared and what was not."""
        anew = None
        if options["new_incarnation"] is not None:
            by = options["by"] or getpass.getuser()
            anew = Anew(options["new_incarnation"], by, _text(options["last"]))
        way = plan_restore(options["replay"], anew)
        done = restore(options["archive"], options["into"], way, self._progress)
        self._tell(done)
        if done.missing:
            words = _("留痕已补回，但有 %(n)s 处业务数据须按留痕重新办理")
            raise CommandError(words % {"n": len(done.missing)}, returncode=1)

    def _progress(self, words: object) -> None:
        self.stderr.write(f"… {words}")

    def _tell(self, done: Restored) -> None:
        for note in done.notes:
            self.stdout.write(_("注意：%s") % note)
        for finding in done.missing:
            self.stdout.write(str(finding))
        told = {
            "size": done.size,
            "n": done.replayed,
            "load": done.milliseconds["load"] / 1000,
            "check": done.milliseconds["check"] / 1000,
        }
        words = _(
            "恢复并核验完毕：日志 %(size)s 条，其中补回 %(n)s 条；载入 %(load).1f 秒，核验 %(check).1f 秒"
        )
        self.stdout.write(words % told)


def _text(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeError) as error:
        raise Invalid(_("无法读取 %(path)s：%(error)s"), path=path, error=error) from error
