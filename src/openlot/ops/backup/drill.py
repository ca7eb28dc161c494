"""The drill (恢复演练): a backup, restored and checked in a scratch database, told with its times."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from openlot.kernel.actor import Actor
from openlot.kernel.errors import DomainError, Misconfigured
from openlot.ops.backup.backup import back_up
from openlot.ops.backup.databases import make_empty, working_on
from openlot.ops.backup.heads import signed_before
from openlot.ops.backup.restore import Way, restore
from openlot.trail.events import BackupDrilled
from openlot.trail.services import tell_of_log


@dataclass
class _Times:
    n_entries: int = 0
    archive_bytes: int = 0
    backup_ms: int = 0
    load_ms: int = 0
    check_ms: int = 0


def hold_drill(folder: Path | None = None) -> BackupDrilled:
    """Back up, restore into a scratch database, check, and tell the trail how it went (恢复演练).

    folder    where the archive and a scratch file go meanwhile; the system's own by default
    raises    what the backup or the restore raises, after it was told
    """
    times = _Times()
    try:
        with tempfile.TemporaryDirectory(dir=folder) as room:
            _drill(Path(room), times)
    except DomainError as error:
        _tell(times, error.message)
        raise
    return _tell(times, "")


def _drill(room: Path, times: _Times) -> None:
    # The site goes on signing meanwhile: what counts is what was signed before the backup began.
    signed, begun = signed_before(), time.monotonic()
    archive = back_up(room)
    times.archive_bytes = archive.stat().st_size
    times.backup_ms = int((time.monotonic() - begun) * 1000)
    url = _scratch(room)
    done = restore(archive, url, Way(signed=signed, with_witnesses=False, tells=False))
    times.n_entries = done.archive.manifest.entries
    times.load_ms, times.check_ms = done.milliseconds["load"], done.milliseconds["check"]
    with working_on(url):
        make_empty()


def _scratch(room: Path) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{room}/scratch.sqlite3"
    if not settings.DRILL_DATABASE_URL:
        raise Misconfigured(_("请设置 DRILL_DATABASE_URL：演练用的空数据库，演练后清空"))
    return str(settings.DRILL_DATABASE_URL)


def _tell(times: _Times, fault: str) -> BackupDrilled:
    fact = BackupDrilled(passed=not fault, fault=fault, **vars(times))
    tell_of_log(fact, actor=Actor.system("drill"))
    return fact
