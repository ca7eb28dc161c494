"""Backup (备份): one file, whole or not there."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from openlot.kernel import clock
from openlot.kernel.errors import Conflict, Invalid
from openlot.ops.backup.archive import write_archive
from openlot.ops.backup.snapshot import take_snapshot


def back_up(target: Path) -> Path:
    """Write a backup (备份) to ``target``, a file or a folder, and return the file.

    Neither the signing keys nor what the signer remembers is inside.

    raises    Invalid, Conflict, Misconfigured
    """
    name = f"openlot-{clock.now():%Y%m%dT%H%M%SZ}.zip"
    path = target / name if target.is_dir() else target
    if not path.parent.is_dir():
        raise Invalid(_("目录 %(path)s 不存在"), path=path.parent)
    with room_in(path.parent) as room:
        parts, made = take_snapshot(room)
        write_archive(path, room / "archive", parts, made)
    return path


@contextmanager
def room_in(folder: Path) -> Iterator[Path]:
    """Give a backup a folder of its own on the disk of its target; what a killed one left goes."""
    room = folder / ".openlot-backup"
    try:
        room.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(room, os.O_RDONLY)
    except OSError as error:
        raise Invalid(_("目录 %(path)s 无法写入"), path=folder) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise Conflict(_("另一个备份正在写入目录 %(path)s"), path=folder) from error
    try:
        for left in room.iterdir():
            left.unlink()
        yield room
        shutil.rmtree(room)
    finally:
        os.close(handle)
