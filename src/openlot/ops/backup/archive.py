"""The archive (备份档案): a zip whose last 64 bytes are the SHA-256 of all bytes before them.

``unzip`` reads it, and ``head -c -64 FILE | sha256sum`` must print what ``tail -c 64 FILE`` prints.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from openlot.kernel.errors import Invalid

FORMAT = "openlot-backup-1"
MANIFEST = "manifest.json"
SEAL = 64
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself (备份清单).

    vendor      ``sqlite`` or ``postgresql``
    versions    of the platform, Python, Django and the database
    migrations  ``app.name``, sorted
    checkpoint  the newest signed note with its cosignatures, empty before the first signature
    files       SHA-256 of each other file inside
    """

    format: str
    made_at: str
    vendor: str
    versions: Mapping[str, str]
    migrations: list[str]
    entries: int
    leaves: int
    checkpoint: str
    files: Mapping[str, str]


def write_archive(target: Path, aside: Path, parts: Mapping[str, Path], made: Manifest) -> Manifest:
    """Write an archive to ``aside`` and move it to ``target`` when it is whole on the disk (写入备份).

    Whoever dies in the middle leaves what stood at ``target``.

    parts     files to put inside, by name; ``made`` gets their digests
    returns   the manifest as written
    """
    handle = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as stream:
        with zipfile.ZipFile(stream, "w", allowZip64=True) as box:
            digests = {name: _put(box, name, path) for name, path in parts.items()}
            whole = Manifest(**{**asdict(made), "files": digests})
            text = json.dumps(asdict(whole), ensure_ascii=False, indent=1, sort_keys=True)
            box.writestr(MANIFEST, text)
            box.comment = b"0" * SEAL
        size = stream.seek(0, os.SEEK_END)
        seal = _digest(stream, size - SEAL)
        stream.seek(size - SEAL)
        stream.write(seal)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(target)
    sync_folder(target.parent)
    return whole


def sync_folder(folder: Path) -> None:
    """Make the names in a folder (目录落盘) outlive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put(box: zipfile.ZipFile, name: str, path: Path) -> str:
    told = hashlib.sha256()
    packed = zipfile.ZipInfo(name)
    packed.compress_type = zipfile.ZIP_STORED if name.endswith(".dump") else zipfile.ZIP_DEFLATED
    packed._compresslevel = 1  # type: ignore[attr-defined]  # no public name before Python 3.13
    packed.file_size = path.stat().st_size
    with path.open("rb") as source, box.open(packed, "w", force_zip64=True) as stream:
        while chunk := source.read(CHUNK):
            told.update(chunk)
            stream.write(chunk)
    return told.hexdigest()


def _digest(stream: BinaryIO, size: int) -> bytes:
    told = hashlib.sha256()
    stream.seek(0)
    while size and (chunk := stream.read(min(CHUNK, size))):
        told.update(chunk)
        size -= len(chunk)
    return told.hexdigest().encode()


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that is whole (已核验备份): every byte was compared with its seal."""

    path: Path
    manifest: Manifest
    seal: str

    def unpack(self, name: str, target: Path) -> None:
        """Write one file of the archive to ``target`` (解出文件), comparing it with the manifest.

        raises    Invalid
        """
        told = hashlib.sha256()
        with _reading(self.path), zipfile.ZipFile(self.path) as box, box.open(name) as source:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as stream:
                while chunk := source.read(CHUNK):
                    told.update(chunk)
                    stream.write(chunk)
                stream.flush()
                os.fsync(stream.fileno())
        if told.hexdigest() != self.manifest.files[name]:
            raise Invalid(_("备份 %(path)s 中的 %(name)s 与清单不符"), path=self.path, name=name)


def open_archive(path: Path) -> Archive:
    """Read an archive's manifest after comparing every byte with its seal (核验备份).

    raises    Invalid when it is no archive, or one byte differs
    """
    with _reading(path):
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            seal = _digest(stream, max(0, size - SEAL))
            if stream.read(SEAL + 1) != seal:
                raise Invalid(_("备份 %(path)s 不完整或被改动：校验码不符"), path=path)
        with zipfile.ZipFile(path) as box:
            told = json.loads(box.read(MANIFEST))
            manifest = Manifest(**told)
            names = sorted(box.namelist())
    if manifest.format != FORMAT or names != sorted([*manifest.files, MANIFEST]):
        raise Invalid(_("文件 %(path)s 不是 openlot 的备份"), path=path)
    return Archive(path, manifest, seal.decode())


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Invalid(_("无法读取备份 %(path)s：%(error)s"), path=path, error=error) from error
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError) as error:
        raise Invalid(_("文件 %(path)s 不是 openlot 的备份"), path=path) from error
