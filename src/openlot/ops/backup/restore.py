"""Verified restore (核验恢复): load, check everything, and refuse what would fork the log."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fairdraw.note import Checkpoint
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.kernel.marks import clauses, listed
from openlot.ops.backup.archive import Archive, open_archive
from openlot.ops.backup.databases import make_empty, require_empty, working_on
from openlot.ops.backup.heads import Standing, compare, signed_before
from openlot.ops.backup.incarnation import begin_anew, origin_of
from openlot.ops.backup.replay import replay
from openlot.ops.backup.snapshot import load_snapshot, migrations_applied
from openlot.ops.fsck.findings import Check, Finding, Level
from openlot.ops.fsck.run import examine
from openlot.trail.events import LogRestored
from openlot.trail.models import Head
from openlot.trail.reading import newest_checkpoint, signed_note
from openlot.trail.services import tell_of_log

SHOWN = 20
BY_US = "the_signer_remembers_no_more"  # compared here, in words that say what to do


@dataclass(frozen=True, slots=True)
class Anew:
    """The decision to begin a log of another name (重立日志).

    last      the newest checkpoint known of the old log; empty for the archive's own
    """

    reason: str
    by: str
    last: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """How to restore (恢复方式).

    signed    what the signer remembers; None where there is nothing to compare with
    mirror    where missing events come back from
    tells     whether the restored database tells of it: one that is put to use does
    """

    signed: Checkpoint | None = None
    with_witnesses: bool = True
    mirror: Path | None = None
    anew: Anew | None = None
    tells: bool = True


@dataclass
class Restored:
    """What a restore did (恢复结果): sizes, notes, what the trail tells and rows do not, times."""

    archive: Archive
    size: int = 0
    replayed: int = 0
    notes: list[str] = field(default_factory=list)
    missing: list[Finding] = field(default_factory=list)
    milliseconds: dict[str, int] = field(default_factory=dict)


def plan_restore(mirror: Path | None, anew: Anew | None) -> Way:
    """Return how to restore on this machine (恢复方式).

    raises    Invalid for both ways at once, Misconfigured when the signer's file is broken
    """
    if mirror is not None and anew is not None:
        raise Invalid(_("--replay 与 --new-incarnation 只能选一个"))
    return Way(signed=signed_before(), mirror=mirror, anew=anew)


def restore(
    path: Path, url: str, way: Way, tell: Callable[[str | Promise], None] = lambda _words: None
) -> Restored:
    """Restore an archive into the empty database at ``url`` (核验恢复), or leave that empty.

    raises    Invalid, Conflict, Misconfigured
    """
    done = Restored(open_archive(path))
    with working_on(url):
        require_empty()
        whole = False
        try:
            _restore(done, way, tell)
            whole = True
        finally:
            if not whole:
                make_empty()
    return done


def _restore(done: Restored, way: Way, tell: Callable[[str | Promise], None]) -> None:
    tell(_("载入"))
    with _timed(done, "load"), tempfile.TemporaryDirectory() as folder:
        load_snapshot(done.archive, Path(folder))
        _migrate()
    _is_the_archives(done.archive)
    tell(_("与签名记录和见证人比对"))
    _join(done, way)
    tell(_("全库核验"))
    with _timed(done, "check"):
        _check(done, way)
    done.size = Head.objects.get().size
    if way.tells and way.anew is None:
        fact = LogRestored(
            archive_sha256=done.archive.seal, size=done.size, n_replayed=done.replayed
        )
        tell_of_log(fact, actor=Actor.system("restore"))


@contextmanager
def _timed(done: Restored, name: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    done.milliseconds[name] = int((time.monotonic() - begun) * 1000)


def _migrate() -> None:
    """Bring an older archive to the migrations of this version; refuse one of a newer version."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations}
    applied = set(migrations_applied())
    if strange := sorted(applied - known):
        words = _("备份由更新的版本制作（%(names)s），请用该版本恢复")
        raise Conflict(words, names=listed(strange[:3]))
    if known - applied:
        call_command("migrate", verbosity=0, interactive=False)


def _is_the_archives(archive: Archive) -> None:
    newest = newest_checkpoint()
    told = archive.manifest
    held = signed_note(newest) if newest else ""
    if (held, Head.objects.get().size) != (told.checkpoint, told.leaves):
        raise Conflict(_("载入的库与备份清单中的检查点不符"))


def _join(done: Restored, way: Way) -> None:
    """Find out whether the log may go on from here, and do what was asked for if it may not."""
    if way.anew is not None:
        last = way.anew.last or done.archive.manifest.checkpoint
        _is_of_this_log(last, done.archive)
        begin_anew(last, reason=way.anew.reason, by=way.anew.by)
        return
    if way.mirror is not None:
        done.replayed = replay(way.mirror)
    standing: Standing = compare(way.signed, with_witnesses=way.with_witnesses)
    done.notes += standing.notes
    if standing.refusals:
        words = _(
            "%(why)s。请用 --replay 镜像目录 补回缺少的留痕，"
            "或用 --new-incarnation 原因 重立日志（见运维手册）"
        )
        raise Conflict(words, why=clauses(standing.refusals))


def _is_of_this_log(last: str, archive: Archive) -> None:
    if not archive.manifest.checkpoint:
        raise Invalid(_("备份中的日志尚未签署，无须重立日志"))
    if origin_of(last) != origin_of(archive.manifest.checkpoint):
        raise Invalid(_("该检查点不属于备份中的日志"))


def _check(done: Restored, way: Way) -> None:
    """Check levels 0 to 2; after a replay, rows that only their events still tell are listed."""
    wrong: list[Finding] = []
    running: list[Check] = []
    for finding in examine(Level.REPLAY, tell=running.append, without=BY_US):
        is_lost = way.mirror is not None and running[-1].level == Level.REPLAY
        (done.missing if is_lost else wrong).append(finding)
    if wrong:
        words = _("全库核验发现 %(n)s 处异常，不予恢复：%(found)s")
        raise Conflict(words, n=len(wrong), found=clauses(wrong[:SHOWN]))
