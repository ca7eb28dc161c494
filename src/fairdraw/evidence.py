"""The evidence bundle (证据包): reading, writing and verifying it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Tuple

from fairdraw.announce import Announcement
from fairdraw.disclosure import OUTCOME, PUBLIC, public_edition, rows_with, salts_of
from fairdraw.errors import BadBundle, FairdrawError
from fairdraw.frame import Frame
from fairdraw.lines import file_digest
from fairdraw.report import Check, Report
from fairdraw.result import Result
from fairdraw.result import draw as run_draw
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from fairdraw.void import VoidRecord

SIZE_LIMIT = 4 * 1024**3
LATER_FILES = ("replace-", "rematch-")


@dataclass
class Bundle:
    """The files of one draw (证据包) and where they came from."""

    path: Path
    files: Dict[str, bytes]

    @classmethod
    def open(cls, path: Path) -> Bundle:
        """Read a directory or a zip (打开证据包).

        raises    BadBundle
        """
        try:
            files = _read_folder(path) if path.is_dir() else _read_zip(path)
        except (
            OSError,
            zipfile.BadZipFile,
            EOFError,
            ValueError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise BadBundle(f"{path} cannot be read: {error}") from None
        if "announcement.vdr" not in files:
            raise BadBundle(f"{path} holds no announcement.vdr")
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
        return Announcement.parse(self.need("announcement.vdr"))

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
    """Return a zip of the files (证据包压缩件) whose bytes depend on nothing but them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(_entry(name), files[name])
    return stream.getvalue()


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle as a directory (证据包目录)."""
    for name, data in files.items():
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def recompute(bundle: Bundle) -> Result:
    """Draw again from the bundle alone (重算).

    raises    FairdrawError
    """
    announcement = bundle.announcement()
    frames = bundle.frames(announcement)
    roster = bundle.roster(announcement)
    opening = Opening.parse(bundle.need("opening.vdr"))
    return run_draw(announcement, frames, roster, opening)


def verify(bundle: Bundle) -> Report:
    """Recompute everything and compare (核验): each check says what it looked at.

    raises    FairdrawError for what cannot be read
    """
    announcement = bundle.announcement()
    checks = [Check("announcement", True, f"adigest {announcement.digest}", "announcement.vdr")]
    checks += _file_digests(bundle, announcement)
    if not all(check.ok is not False for check in checks):
        return Report(tuple(checks))
    frames, roster = bundle.frames(announcement), bundle.roster(announcement)
    opening = Opening.parse(bundle.need("opening.vdr"))
    try:
        result = run_draw(announcement, frames, roster, opening)
    except FairdrawError as error:
        checks.append(Check("consistency", False, error.reason, error.file, error.line))
        return Report(tuple(checks))
    checks.append(Check("counts", True, "roots, counts and rules follow from the lists"))
    checks.append(Check("opening", True, f"every value opens its source; seed {result.seed}"))
    checks += _result_checks(bundle, announcement, result, roster)
    checks += _disclosure_checks(bundle, announcement, frames, result)
    checks += _void_checks(bundle, announcement, result)
    return Report(tuple(checks))


def _file_digests(bundle: Bundle, announcement: Announcement) -> List[Check]:
    checks = []
    wanted = [(f"frame-{f.fid}.vdr", f.digest, announcement.suite) for f in announcement.frames]
    if announcement.roster is not None:
        if "roster.vdr" in bundle.files:
            wanted.append(("roster.vdr", announcement.roster.digest, announcement.suite))
        else:
            checks.append(
                Check("roster", None, "not in this copy: matching is not recomputed", "roster.vdr")
            )
    elif "roster.vdr" in bundle.files:
        checks.append(Check("roster", False, "the announcement names no roster", "roster.vdr"))
    for doc in announcement.docs:
        name = f"docs/{doc.name}"
        if name in bundle.files:
            wanted.append((name, doc.digest, "sha256"))
        else:
            checks.append(Check("document", None, "not in this copy", name))
    for name, digest, suite in wanted:
        found = file_digest(bundle.need(name), suite)
        same = found == digest
        detail = f"digest {digest}" if same else f"digest is {found}, announced is {digest}"
        checks.append(Check("digest", same, detail, name))
    return checks


def _result_checks(
    bundle: Bundle, announcement: Announcement, result: Result, roster: Optional[Roster]
) -> List[Check]:
    if "result.vdr" not in bundle.files:
        return [
            Check("result", None, f"not in this bundle; it would be {result.digest}", "result.vdr")
        ]
    found = bundle.files["result.vdr"]
    partial = roster is None and announcement.roster is not None
    if partial:
        ours, theirs = _upto_matching(result.to_bytes()), _upto_matching(found)
    else:
        ours, theirs = result.to_bytes(), found
    difference = _difference(ours, theirs)
    if difference is not None:
        line, expected, there = difference
        return [
            Check("result", False, f"recomputed {expected!r}, found {there!r}", "result.vdr", line)
        ]
    if partial:
        return [
            Check("result", True, "every drawn target is right", "result.vdr"),
            Check("matching", None, "needs the roster, which auditors hold", "result.vdr"),
        ]
    return [Check("result", True, f"rdigest {result.digest}", "result.vdr")]


def _upto_matching(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.startswith(b"ceiling|") or line == b"end\n":
            return b"".join(lines[:number])
    return data


def _difference(ours: bytes, theirs: bytes) -> Optional[Tuple[int, str, str]]:
    if ours == theirs:
        return None
    pairs = zip_longest(ours.split(b"\n"), theirs.split(b"\n"))
    for number, (mine, other) in enumerate(pairs, start=1):
        if mine != other:
            return number, _shown(mine), _shown(other)
    return None


def _shown(line: Optional[bytes]) -> str:
    return "nothing" if line is None else line.decode("ascii", "backslashreplace")


def _disclosure_checks(
    bundle: Bundle, announcement: Announcement, frames: List[Frame], result: Result
) -> List[Check]:
    if OUTCOME not in bundle.files:
        return []
    outcome = bundle.files[OUTCOME]
    expected = rows_with(announcement, frames, result, salts_of(outcome))
    checks = [_compared("outcome", OUTCOME, expected, outcome)]
    if PUBLIC in bundle.files and result.matching is not None:
        edition = public_edition(announcement, frames, result, outcome)
        checks.append(_compared("public edition", PUBLIC, edition, bundle.files[PUBLIC]))
    return checks


def _void_checks(bundle: Bundle, announcement: Announcement, result: Result) -> List[Check]:
    checks = []
    if "void.vdr" in bundle.files:
        void = VoidRecord.parse(bundle.files["void.vdr"])
        same = void.adigest == announcement.digest and void.rdigest in ("-", result.digest)
        detail = f"this attempt was voided: {void.reason}, {void.digest(announcement.suite)}"
        checks.append(Check("void", same, detail if same else "of another draw", "void.vdr"))
    for name in sorted(bundle.files):
        if name.startswith(LATER_FILES):
            checks.append(Check("later act", None, "is not checked by this version", name))
    return checks


def _compared(name: str, file: str, expected: bytes, found: bytes) -> Check:
    difference = _difference(expected, found)
    if difference is None:
        return Check(name, True, "follows from the result", file)
    line, ours, theirs = difference
    return Check(name, False, f"recomputed {ours!r}, found {theirs!r}", file, line)


def _read_folder(path: Path) -> Dict[str, bytes]:
    files = {p.name: p.read_bytes() for p in sorted(path.glob("*.vdr")) if p.is_file()}
    docs = path / "docs"
    if docs.is_dir():
        files.update({f"docs/{p.name}": p.read_bytes() for p in docs.iterdir() if p.is_file()})
    return files


def _read_zip(path: Path) -> Dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        entries = [e for e in archive.infolist() if not e.is_dir()]
        if sum(e.file_size for e in entries) > SIZE_LIMIT:
            raise ValueError("it unpacks to more than 4 GiB")
        names = [e.filename for e in entries]
        if len(set(names)) != len(names):
            raise ValueError("it holds two files of one name")
        prefix = next(
            (n[: -len("announcement.vdr")] for n in names if n.endswith("announcement.vdr")), ""
        )
        return {
            e.filename[len(prefix) :]: archive.read(e)
            for e in entries
            if e.filename.startswith(prefix)
        }


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
