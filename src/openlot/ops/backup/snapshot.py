"""Copying a database whole (数据库快照) while others write to it, and loading such a copy."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import django
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_lazy as _

from openlot.kernel import clock
from openlot.kernel.errors import Conflict, Invalid, Misconfigured
from openlot.ops.backup.archive import FORMAT, Archive, Manifest
from openlot.ops.backup.databases import one_snapshot, working_on
from openlot.trail.models import Entry, Head
from openlot.trail.reading import newest_checkpoint, signed_note

SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"


def take_snapshot(folder: Path) -> tuple[dict[str, Path], Manifest]:
    """Copy the database as it is at one instant (制作快照) into ``folder``, and say what it holds.

    raises    Misconfigured, Conflict when the database's own tool fails
    """
    if connection.vendor == "postgresql":
        path = folder / POSTGRESQL
        with one_snapshot() as name:
            made = _manifest()
            _run("pg_dump", "-Fc", "-Z1", "-O", "-x", f"--snapshot={name}", "-f", str(path))
        return {POSTGRESQL: path}, made
    path = folder / SQLITE
    _copy(Path(str(connection.settings_dict["NAME"])), path)
    with working_on(f"sqlite:///{path}"):
        return {SQLITE: path}, _manifest()


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Misconfigured(_("数据库文件 %(path)s 不存在"), path=source)
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        # The copy is nobody's before it is whole: the archive made of it is what reaches the disk.
        copy.execute("PRAGMA synchronous=OFF")
        origin.backup(copy)


def _manifest() -> Manifest:
    newest = newest_checkpoint()
    with connection.cursor() as cursor:
        named = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {named}")
        (engine,) = cursor.fetchone()
    return Manifest(
        format=FORMAT,
        made_at=clock.now().isoformat(timespec="seconds"),
        vendor=connection.vendor,
        versions={
            "openlot": version("openlot"),
            "python": platform.python_version(),
            "django": django.get_version(),
            "database": engine,
        },
        migrations=migrations_applied(),
        entries=Entry.objects.count(),
        leaves=Head.objects.get().size,
        checkpoint=signed_note(newest) if newest else "",
        files={},
    )


def migrations_applied() -> list[str]:
    """Return the migrations of the database (已执行迁移) as ``app.name``, sorted."""
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


def load_snapshot(archive: Archive, folder: Path) -> None:
    """Load an archive's database into the one that is worked on (载入快照), which is empty.

    raises    Invalid when the archive is of the other kind of database, Conflict
    """
    if archive.manifest.vendor != connection.vendor:
        words = _("备份来自 %(made)s，不能恢复到 %(wanted)s")
        raise Invalid(words, made=archive.manifest.vendor, wanted=connection.vendor)
    if connection.vendor == "sqlite":
        connection.close()
        archive.unpack(SQLITE, Path(str(connection.settings_dict["NAME"])))
        return
    path = folder / POSTGRESQL
    archive.unpack(POSTGRESQL, path)
    _run("pg_restore", "-O", "-x", "--single-transaction", "--exit-on-error", str(path))


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL against the database that is worked on; a password stays unseen."""
    (_psql, *place, name), known = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            [tool, *place, "-d", name, *arguments],
            env={**os.environ, **(known or {})},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise Misconfigured(_("找不到 %(tool)s，请安装 PostgreSQL 客户端"), tool=tool) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-500:]
        raise Conflict(_("%(tool)s 未能完成：%(said)s"), tool=tool, said=said)
