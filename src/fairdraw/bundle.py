"""The evidence bundle (证据包): a folder or a zip with the files of one draw."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, Optional

from fairdraw import sums
from fairdraw.announce import Announcement
from fairdraw.errors import BadBundle
from fairdraw.frame import Frame
from fairdraw.roster import Roster

SIZE_LIMIT = 4 * 1024**3
FIRST = "announcement.vdr"


@dataclass
class Bundle:
    """The files of one draw (证据包) and where they came from."""

    path: Path
    files: Dict[str, bytes]

    @classmethod
    def open(cls, path: Path) -> Bundle:
        """Read a directory or a zip (打开证据包); files that the protocol does not name are ignored.

        raises    BadBundle
        """
        try:
            files = _read_folder(path) if path.is_dir() else _read_zip(path)
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            struct.error,
            EOFError,
            ValueError,
            RuntimeError,
        ) as error:
            raise BadBundle(
                "cannot be read: {error}", error=error or type(error).__name__, file=str(path)
            ) from None
        if FIRST not in files:
            raise BadBundle("holds no {name}", name=FIRST, file=str(path))
        return cls(path, files)

    def need(self, name: str) -> bytes:
        """Return a file of the bundle.

        raises    BadBundle when it is missing
        """
        if name not in self.files:
            raise BadBundle("is missing from the bundle", file=name)
        return self.files[name]

    def announcement(self) -> Announcement:
        """Return the announcement (抽取公告) of the bundle."""
        return Announcement.parse(self.need(FIRST))

    def frames(self, announcement: Announcement) -> List[Frame]:
        """Return the sealed lists (名单) that the announcement names."""
        return [
            Frame.parse(line.fid, line.lane, self.need(f"frame-{line.fid}.vdr"))
            for line in announcement.frames
        ]

    def roster(self, announcement: Announcement) -> Optional[Roster]:
        """Return the roster (人员名册), None where the public copy leaves it out."""
        if announcement.roster is None or "roster.vdr" not in self.files:
            return None
        return Roster.parse(self.files["roster.vdr"])

    def numbered(self, kind: str) -> List[str]:
        """Return the names of the later acts of a kind (后续记录) by their numbers."""
        names = [name for name in self.files if name.startswith(f"{kind}-")]
        return sorted(names, key=lambda name: int(name[len(kind) + 1 : -len(".vdr")]))

    def add(self, name: str, data: bytes) -> None:
        """Write one more file into the bundle on disk.

        raises    BadBundle when it has one of that name
        """
        if name in self.files:
            raise BadBundle("is there already and is never overwritten", file=name)
        if self.path.is_dir():
            with (self.path / name).open("xb") as stream:
                stream.write(data)
        else:
            with zipfile.ZipFile(self.path, "a", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(_entry(name), data)
        self.files[name] = data


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files and their digests (证据包压缩件): it depends on nothing but them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(sums.sealed(files).items()):
            archive.writestr(_entry(name), data)
    return stream.getvalue()


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle and its digests as a directory (证据包目录)."""
    for name, data in sums.sealed(files).items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _read_folder(path: Path) -> Dict[str, bytes]:
    paths: Iterable[Path] = sorted([*path.iterdir(), *path.glob("docs/*")])
    names = {p.relative_to(path).as_posix(): p for p in paths if p.is_file()}
    return {name: p.read_bytes() for name, p in names.items() if sums.KNOWN.match(name)}


def _read_zip(path: Path) -> Dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        if sum(e.file_size for e in entries) > SIZE_LIMIT:
            raise ValueError("it unpacks to more than 4 GiB")
        if any(e.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for e in entries):
            raise ValueError("it is packed in another way than stored or deflated")
        names = [e.filename for e in entries]
        if len(set(names)) != len(names):
            raise ValueError("it holds two files of one name")
        tops = [n[: -len(FIRST)] for n in names if n == FIRST or n.endswith(f"/{FIRST}")]
        if len(tops) > 1:
            raise ValueError("it holds two bundles")
        prefix = tops[0] if tops else ""
        own = {e.filename[len(prefix) :]: e for e in entries if e.filename.startswith(prefix)}
        return {name: archive.read(e) for name, e in own.items() if sums.KNOWN.match(name)}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
