"""What of a closed draw goes out (公开版与回执, §4.3): outcome tree, public edition, receipts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from fairdraw import merkle, tickets
from fairdraw.announce import Announcement
from fairdraw.bundle import Bundle
from fairdraw.errors import BadRecord, FairdrawError
from fairdraw.frame import Frame, parse_leaf, salt
from fairdraw.lines import expect, hasher, hexadecimal, integer, read, token, write
from fairdraw.records import Cursor, check_same
from fairdraw.report import Check, Report, check, failure
from fairdraw.result import Hit, Result

OUTCOME, PUBLIC = "outcome.vdr", "public.vdr"
RECEIPT = "receipt.vdr"


def outcome_rows(
    announcement: Announcement,
    frames: Sequence[Frame],
    result: Result,
    keys: Mapping[str, bytes],
) -> bytes:
    """Return outcome.vdr (结果明细): one row per eligible leaf, sorted by frame and target.

    keys      frame to the secret that salts its rows
    """
    salts = {
        (frame.fid, leaf.target): salt(keys[frame.fid], f"row|{frame.fid}|{leaf.target}")
        for frame in frames
        for leaf in frame.leaves
        if leaf.disp == "E"
    }
    return rows_with(announcement, frames, result, salts)


def rows_with(
    announcement: Announcement,
    frames: Sequence[Frame],
    result: Result,
    salts: Mapping[Tuple[str, str], str],
) -> bytes:
    """Return outcome.vdr with given salts (结果明细), for those who check it."""
    places: Dict[Tuple[str, str], Tuple[str, Hit]] = {}
    for word, hits in (("hit", result.hits), ("spare", result.spares)):
        places.update({(h.fid, h.target): (word, h) for h in hits})
    out: List[str] = []
    for frame in sorted(frames, key=lambda f: f.fid):
        key = tickets.lane_key(result.seed, frame.lane, announcement.suite)
        for leaf in frame.leaves:
            if leaf.disp != "E":
                continue
            word, hit = places.get((frame.fid, leaf.target), ("no", None))
            number = (
                hit.ticket
                if hit
                else tickets.ticket(key, leaf.target, leaf.weight, announcement.suite)
            )
            out.append(
                f"vdr1|row|{frame.fid}|{leaf.target}|{leaf.stratum}|{number}|{word}"
                f"|{hit.rank if hit else '-'}|{salts.get((frame.fid, leaf.target), '-')}"
            )
    return write(out)


def salts_of(outcome: bytes) -> Dict[Tuple[str, str], str]:
    """Return the salts that an outcome file holds (结果明细的盐).

    raises    FairdrawError with file and line
    """
    found: Dict[Tuple[str, str], str] = {}
    for number, fields in read(outcome, OUTCOME):
        try:
            expect(fields, 9)
            found[fields[2], fields[3]] = hexadecimal(fields[8], 32, "salt")
        except FairdrawError as error:
            raise error.at(OUTCOME, number) from None
    return found


def public_edition(
    announcement: Announcement,
    frames: Sequence[Frame],
    result: Result,
    outcome: bytes,
    rdigest: str = "",
) -> bytes:
    """Return public.vdr (公开版): digests, totals and the list, and nothing that tells a class.

    rdigest    where a copy without its roster cannot recompute it
    """
    rows = outcome.splitlines()
    root = merkle.root(rows, announcement.suite).hex()
    return _edition(announcement, frames, result, rdigest or result.digest, root)


def _edition(
    announcement: Announcement, frames: Sequence[Frame], result: Result, rdigest: str, root: str
) -> bytes:
    eligible = {f.fid: sum(leaf.disp == "E" for leaf in f.leaves) for f in frames}
    suite, adigest = announcement.suite, announcement.digest
    out = [f"vdr1|public|{suite}|{adigest}|{rdigest}|{root}|{sum(eligible.values())}"]
    for frame in sorted(frames, key=lambda f: f.fid):
        hits = sum(h.fid == frame.fid for h in result.hits)
        out.append(f"total|{frame.fid}|{len(frame.leaves)}|{eligible[frame.fid]}|{hits}")
    out += [f"hit|{fid}|{t}" for fid, t in sorted((h.fid, h.target) for h in result.hits)]
    return write([*out, "end"])


@dataclass(frozen=True)
class PublicEdition:
    """What the public gets of a closed draw (公开版)."""

    suite: str
    adigest: str
    rdigest: str
    root: str
    n_rows: int
    sizes: Mapping[str, int]
    hits: FrozenSet[Tuple[str, str]]

    @classmethod
    def parse(cls, data: bytes) -> PublicEdition:
        """Read a public edition (读取公开版).

        raises    FairdrawError with file, line and reason
        """
        cursor = Cursor(data, PUBLIC)
        try:
            head = cursor.head("public", 7)
            hasher(head[2])
            for text in head[3:6]:
                hexadecimal(text, 64, "digest")
            rows = integer(head[6], "size")
            sizes: Dict[str, int] = {}
            for total in cursor.take_all("total", 5):
                sizes[token(total[1], "frame")] = integer(total[2], "size")
                integer(total[3], "eligible")
                integer(total[4], "count")
            hits = frozenset(
                (token(f[1], "frame"), token(f[2], "target")) for f in cursor.take_all("hit", 3)
            )
            cursor.end()
        except FairdrawError as error:
            raise error.at(PUBLIC, cursor.line) from None
        return cls(head[2], head[3], head[4], head[5], rows, sizes, hits)


def disclosed(
    bundle: Bundle,
    announcement: Announcement,
    frames: Sequence[Frame],
    result: Result,
    rdigest: str,
) -> List[Check]:
    """Check outcome tree and public edition (核验公开内容) of a bundle that holds them.

    raises    FairdrawError for a file that cannot be read
    """
    made: List[Check] = []
    public = bundle.files.get(PUBLIC)
    outcome = bundle.files.get(OUTCOME)
    if outcome is not None:
        rows = rows_with(announcement, frames, result, salts_of(outcome))
        made.append(_follows("outcome", OUTCOME, rows, outcome))
    if public is None:
        return made
    if not rdigest:
        return [*made, check("public edition", None, "needs the whole result", file=PUBLIC)]
    if outcome is None:
        root = PublicEdition.parse(public).root
        template = "its root needs outcome.vdr, which auditors hold"
        made.append(check("public edition", None, template, file=PUBLIC))
        edition = _edition(announcement, frames, result, rdigest, root)
    else:
        edition = public_edition(announcement, frames, result, outcome, rdigest)
    return [*made, _follows("public edition", PUBLIC, edition, public)]


def _follows(name: str, file: str, expected: bytes, found: bytes) -> Check:
    failed = failure(name, partial(check_same, expected, found, file))
    return failed or check(name, True, "follows from the result", file=file)


@dataclass(frozen=True)
class ReceiptMaker:
    """Makes the receipts of a draw (回执); hashes every tree once for all businesses."""

    announcement: Announcement
    frames: Mapping[str, Frame]
    result: Result
    outcome: bytes

    def __post_init__(self) -> None:
        suite = self.announcement.suite
        rows = self.outcome.splitlines()
        leaves = {
            fid: [merkle.leaf_hash(leaf.line().encode("ascii"), suite) for leaf in frame.leaves]
            for fid, frame in self.frames.items()
        }
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_row_hashes", [merkle.leaf_hash(row, suite) for row in rows])
        object.__setattr__(self, "_leaf_hashes", leaves)
        index = {tuple(row.split(b"|")[2:4]): n for n, row in enumerate(rows)}
        object.__setattr__(self, "_row_index", index)

    def receipt(self, fid: str, target: str) -> bytes:
        """Return one business's receipt (回执): its leaf, its row and both proofs.

        raises    KeyError when the target is not eligible in that frame
        """
        suite, frame = self.announcement.suite, self.frames[fid]
        hashes: List[bytes] = self.__dict__["_leaf_hashes"][fid]
        row_hashes: List[bytes] = self.__dict__["_row_hashes"]
        at = self.__dict__["_row_index"][fid.encode(), target.encode()]
        row = self.__dict__["_rows"][at].decode("ascii")
        index = frame.find(target)
        leaf = frame.leaves[index]
        line = next(
            s for s in self.announcement.strata if (s.fid, s.stratum) == (fid, leaf.stratum)
        )
        cut = next(c for c in self.result.cuts if (c.fid, c.stratum) == (fid, leaf.stratum))
        root = next(f.root for f in self.announcement.frames if f.fid == fid)
        rows_root = merkle.root_of_hashes(row_hashes, suite).hex()
        out = [
            f"vdr1|receipt|{suite}|{self.announcement.digest}|{self.result.digest}",
            f"leaf|{fid}|{root}|{len(hashes)}|{index}|{leaf.line().replace('|', '!')}",
            *(f"path|{p.hex()}" for p in merkle.inclusion_path(hashes, index, suite)),
            f"row|{rows_root}|{len(row_hashes)}|{at}|{row.replace('|', '!')}",
            *(f"path|{p.hex()}" for p in merkle.inclusion_path(row_hashes, at, suite)),
            f"cut|{fid}|{leaf.stratum}|{line.eligible}|{line.n}|{cut.last}",
            "end",
        ]
        return write(out)


@dataclass(frozen=True)
class _Proof:
    """One half of a receipt: a line, where it stands, and the way to the root."""

    root: str
    size: int
    index: int
    fields: List[str]
    path: List[bytes]

    @classmethod
    def take(cls, cursor: Cursor, root: str, size: str, index: str, text: str) -> _Proof:
        fields = expect(text.replace("!", "|").split("|"), 9)
        path = [bytes.fromhex(hexadecimal(f[1], 64, "path")) for f in cursor.take_all("path", 2)]
        return cls(
            hexadecimal(root, 64, "root"),
            integer(size, "size"),
            integer(index, "index"),
            fields,
            path,
        )

    def holds(self, suite: str) -> bool:
        leaf = merkle.leaf_hash("|".join(self.fields).encode("ascii"), suite)
        root = bytes.fromhex(self.root)
        return merkle.verify_inclusion(leaf, self.index, self.size, self.path, root, suite)


@dataclass(frozen=True)
class Receipt:
    """What one business holds of a closed draw (回执)."""

    suite: str
    adigest: str
    rdigest: str
    fid: str
    leaf: _Proof
    row: _Proof
    cut: List[str]

    @classmethod
    def parse(cls, data: bytes) -> Receipt:
        """Read a receipt (读取回执).

        raises    FairdrawError with file, line and reason
        """
        cursor = Cursor(data, RECEIPT)
        try:
            head = cursor.head("receipt", 5)
            hasher(head[2])
            for text in head[3:5]:
                hexadecimal(text, 64, "digest")
            at = cursor.take("leaf", 6)
            leaf = _Proof.take(cursor, *at[2:])
            parse_leaf(leaf.fields)
            row = _Proof.take(cursor, *cursor.take("row", 5)[1:])
            _check_row(row.fields)
            cut = cursor.take("cut", 6)
            integer(cut[3], "eligible", 1)
            integer(cut[4], "n")
            if cut[5] != "-":
                hexadecimal(cut[5], 64, "ticket")
            cursor.end()
        except FairdrawError as error:
            raise error.at(RECEIPT, cursor.line) from None
        return cls(head[2], head[3], head[4], token(at[1], "frame"), leaf, row, cut)

    def is_of_one_target(self) -> bool:
        """Say whether entry, outcome and cut speak of the same (内容一致)."""
        _, _, target, stratum, _, disp, *_ = self.leaf.fields
        return (
            disp == "E"
            and self.row.fields[2:5] == [self.fid, target, stratum]
            and self.cut[1:3] == [self.fid, stratum]
        )

    def agrees_with_cut(self) -> bool:
        """Say whether drawn or not follows from ticket and cut (与截止签号相符)."""
        ticket, word, rank = self.row.fields[5:8]
        eligible, n, last = int(self.cut[3]), int(self.cut[4]), self.cut[5]
        place = int(rank) if rank != "-" else n + 1
        drawn = word == "hit"
        if (word == "no") != (rank == "-") or (n == 0) != (last == "-"):
            return False
        if place > eligible or n > eligible:
            return False
        if drawn != (place <= n) or (place == n and ticket != last):
            return False
        return drawn == (last != "-" and ticket <= last)


def _check_row(fields: List[str]) -> None:
    if fields[:2] != ["vdr1", "row"] or fields[6] not in ("hit", "spare", "no"):
        raise BadRecord("not an outcome row")
    token(fields[2], "frame")
    token(fields[3], "target")
    token(fields[4], "stratum")
    hexadecimal(fields[5], 64, "ticket")
    if fields[7] != "-":
        integer(fields[7], "rank", 1)
    hexadecimal(fields[8], 32, "salt")


def verify_receipt(data: bytes, public: Optional[bytes] = None) -> Report:
    """Check a receipt (核验回执), and against the public edition when there is one.

    raises    FairdrawError when it cannot be read
    """
    receipt = Receipt.parse(data)
    suite = receipt.suite
    checks = [
        check("leaf", receipt.leaf.holds(suite), "the entry is in the sealed list"),
        check("row", receipt.row.holds(suite), "the outcome is in the sealed outcomes"),
        check("same", receipt.is_of_one_target(), "entry, outcome and cut are of one target"),
        check("cut", receipt.agrees_with_cut(), "drawn or not follows from ticket and cut"),
    ]
    if public is not None:
        edition = PublicEdition.parse(public)
        mine = (suite, receipt.adigest, receipt.rdigest, receipt.row.root, receipt.row.size)
        theirs = (edition.suite, edition.adigest, edition.rdigest, edition.root, edition.n_rows)
        same = mine == theirs and edition.sizes.get(receipt.fid) == receipt.leaf.size
        checks.append(check("public", same, "the public edition names the same digests and sizes"))
        listed = (receipt.fid, receipt.row.fields[3]) in edition.hits
        drawn = receipt.row.fields[6] == "hit"
        checks.append(check("public", listed == drawn, "the public list says the same"))
    return Report(tuple(checks))
