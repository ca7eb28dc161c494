"""Looking into a zip archive without unpacking it: what it says of itself, within limits."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass

ENTRY_LIMIT = 2_000
UNPACKED_LIMIT = 300 * 1024 * 1024
RATIO_LIMIT = 100
RATIO_FROM = 1024 * 1024
_END = b"PK\x05\x06"
_END_LENGTH = 22
_BROKEN = (zlib.error, lzma.LZMAError, EOFError)  # what is said of data that cannot be unpacked


class Refused(ValueError):
    """An archive that is not opened (拒收的压缩包); ``cause`` is a key of the caller's words."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds (压缩包目录)."""

    names: frozenset[str]
    content_types: bytes
    mimetype: bytes

    @property
    def has_macros(self) -> bool:
        """Whether something in it may run (含宏)."""
        marks = ("vbaproject.bin", "/macrosheets/", "/activex/", "vbadata.xml")
        return b"macroenabled" in self.content_types.lower() or any(
            mark in name.lower() for name in self.names for mark in marks
        )


def look_into(data: bytes) -> Archive:
    """Return what a zip archive holds (查看压缩包), or refuse it before anything is unpacked.

    raises    Refused with cause broken, entries, unpacked, ratio, encrypted or path
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _measure(entries)
            types = _small(archive, "[Content_Types].xml")
            mimetype = _small(archive, "mimetype")
    except (zipfile.BadZipFile, *_BROKEN, NotImplementedError, OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("broken") from error
    end = data.rfind(_END)
    length = int.from_bytes(data[end + 20 : end + 22], "little")
    if len(data) != end + _END_LENGTH + length:
        raise Refused("broken")
    return Archive(frozenset(entry.filename for entry in entries), types, mimetype)


def _measure(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > ENTRY_LIMIT:
        raise Refused("entries")
    if unpacked > UNPACKED_LIMIT:
        raise Refused("unpacked")
    if unpacked > RATIO_FROM and unpacked / packed > RATIO_LIMIT:
        raise Refused("ratio")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")
    if any(".." in e.filename.split("/") or e.filename[:1] in "/\\" for e in entries):
        raise Refused("path")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of a member, or nothing: a lie about its size costs nothing."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as member:
        return member.read(256 * 1024)
