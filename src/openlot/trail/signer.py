"""Signing checkpoints (签署检查点): the signer remembers, outside the database, what it signed last."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fairdraw.errors import FairdrawError
from fairdraw.merkle import verify_consistency
from fairdraw.note import Checkpoint, note_of, open_note, parse_checkpoint, parse_note, parse_vkey
from openlot.kernel.errors import Conflict, Misconfigured
from openlot.trail.keys import log_keys

Prove = Callable[[int], Sequence[bytes]]


def memory_file() -> Path:
    """Return where the signer keeps what it signed last (签名记录文件)."""
    return Path(settings.LOG_STATE_FILE or f"{settings.LOG_KEY_FILE}.signed")


def last_signed() -> Checkpoint | None:
    """Return what was signed last (最近签署), or None before the first signature.

    raises    Misconfigured when the file is no checkpoint, or none that a key at hand has signed
    """
    path = memory_file()
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Misconfigured(_("签名记录文件 %(path)s 无法读取"), path=str(path)) from error
    keys = log_keys() if Path(settings.LOG_KEY_FILE).exists() else []
    try:
        known = [parse_vkey(key.vkey) for key in keys]
        note = open_note(kept, known) if known else parse_note(kept)
        return parse_checkpoint(note.text)
    except FairdrawError as error:
        raise Misconfigured(_("签名记录文件 %(path)s 已损坏"), path=str(path)) from error


def sign(size: int, root: bytes, prove: Prove, *, begun: int) -> str:
    """Sign a tree (签署检查点) that continues what was signed before, and return the note.

    Inside ``held``, where the tree was read as well: nobody signs a larger one in between.

    prove     gives the consistency proof from a smaller size
    begun     the size of the newest checkpoint that the database knows, 0 for none
    raises    Conflict for a smaller or inconsistent tree, Misconfigured
    """
    checkpoint = Checkpoint(settings.LOG_ORIGIN, size, root)
    keys = log_keys()
    last = last_signed()
    if last is not None and last.size < begun:
        raise Conflict(
            _(
                "签名记录文件 %(path)s 只到第 %(last)s 条，而数据库已有第 %(begun)s 条的检查点："
                "该文件可能被换成旧的，拒绝签署"
            ),
            path=str(memory_file()),
            last=last.size,
            begun=begun,
        )
    if last is None and begun:
        words = _(
            "签名记录文件 %(path)s 缺失，而数据库中已有检查点；请恢复该文件，"
            "或与见证方核对后运行 openlot log-key --adopt"
        )
        raise Misconfigured(words, path=str(memory_file()))
    if last is not None:
        _continues(last, checkpoint, prove)
    text = checkpoint.text()
    note = note_of(text, [key.line(text) for key in keys])
    remember(note)
    return note


def _continues(last: Checkpoint, new: Checkpoint, prove: Prove) -> None:
    if new.origin != last.origin:
        raise Conflict(
            _("签名记录属于日志 %(last)s，而不是 %(new)s，拒绝签署"),
            last=last.origin,
            new=new.origin,
        )
    if new.size < last.size:
        raise Conflict(
            _("日志只有 %(size)s 条，而已签署过 %(last)s 条：数据库可能被回退或替换，拒绝签署"),
            size=new.size,
            last=last.size,
        )
    path = prove(last.size) if last.size else []
    grown = verify_consistency(last.size, new.size, last.root, new.root, path)
    if last.size and not grown:
        raise Conflict(
            _("日志与已签署的第 %(last)s 条检查点不一致：历史记录可能被改写，拒绝签署"),
            last=last.size,
        )


def remember(note: str) -> None:
    """Keep a note as what was signed last (记住最近签署), whole or not at all."""
    path = memory_file()
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def held() -> Iterator[None]:
    """Let one process at a time (签署互斥) read what was signed, sign and remember."""
    path = memory_file()
    try:
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Misconfigured(_("签名记录文件 %(path)s 无法写入"), path=str(path)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
