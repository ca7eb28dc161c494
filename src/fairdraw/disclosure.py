"""What of a closed draw goes out (公开版与回执, §4.3): outcome tree, public edition, receipts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from fairdraw import merkle, tickets
from fairdraw.announce import Announcement
from fairdraw.errors import BadText, FairdrawError
from fairdraw.frame import Frame, salt
from fairdraw.lines import expect, hexadecimal, integer, read
from fairdraw.report import Check, Report
from fairdraw.result import Hit, Result

OUTCOME, PUBLIC = "outcome.vdr", "public.vdr"
_TICKET = re.compile(r"([0-9a-f]{64}|-)\Z")


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
    return "".join(row + "\n" for row in out).encode("ascii")


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
    announcement: Announcement, frames: Sequence[Frame], result: Result, outcome: bytes
) -> bytes:
    """Return public.vdr (公开版): digests, totals and the list, and nothing that tells a class."""
    rows = outcome.splitlines()
    root = merkle.root(rows, announcement.suite).hex()
    out = [
        f"vdr1|public|{announcement.suite}|{announcement.digest}|{result.digest}|{root}|{len(rows)}"
    ]
    for frame in sorted(frames, key=lambda f: f.fid):
        eligible = sum(leaf.disp == "E" for leaf in frame.leaves)
        hits = sum(h.fid == frame.fid for h in result.hits)
        out.append(f"total|{frame.fid}|{len(frame.leaves)}|{eligible}|{hits}")
    out += [f"hit|{fid}|{t}" for fid, t in sorted((h.fid, h.target) for h in result.hits)]
    return "".join(line + "\n" for line in [*out, "end"]).encode("ascii")


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
        index = next(n for n, leaf in enumerate(frame.leaves) if leaf.target == target)
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
        return "".join(text + "\n" for text in out).encode("ascii")


@dataclass(frozen=True)
class _Proof:
    """One half of a receipt: a line, where it stands, and the way to the root."""

    root: str
    size: int
    index: int
    line: str
    path: List[bytes]

    def holds(self, suite: str) -> bool:
        leaf = merkle.leaf_hash(self.line.encode("ascii"), suite)
        root = bytes.fromhex(self.root)
        return merkle.verify_inclusion(leaf, self.index, self.size, self.path, root, suite)


def verify_receipt(data: bytes, public: Optional[bytes] = None) -> Report:
    """Check a receipt (核验回执), and against the public edition when there is one.

    raises    FairdrawError when it cannot be read
    """
    rows = [fields for _, fields in read(data, "receipt.vdr")]
    if len(rows) < 5 or rows[0][:2] != ["vdr1", "receipt"] or rows[-1] != ["end"]:
        raise BadText("not a receipt", file="receipt.vdr")
    _, _, suite, adigest, rdigest = expect(rows[0], 5)
    leaf, rest = _proof(rows[1:], "leaf", 6)
    row, rest = _proof(rest, "row", 5)
    cut = expect(rest[0], 6)
    leaf_fields, row_fields = expect(leaf.line.split("|"), 9), expect(row.line.split("|"), 9)
    checks = [
        Check("leaf", leaf.holds(suite), "the entry is in the sealed list"),
        Check("row", row.holds(suite), "the outcome is in the sealed outcomes"),
        Check("same", leaf_fields[2:4] == row_fields[3:5], "entry and outcome are of one target"),
        Check("cut", _cut_agrees(row_fields, cut), "drawn or not follows from ticket and cut"),
    ]
    if public is not None:
        head = next(fields for _, fields in read(public, PUBLIC))
        same = head[:2] == ["vdr1", "public"] and head[2:6] == [suite, adigest, rdigest, row.root]
        checks.append(Check("public", same, "the public edition names the same digests"))
    return Report(tuple(checks))


def _cut_agrees(row: List[str], cut: List[str]) -> bool:
    ticket, last, drawn = row[5], cut[5], row[6] == "hit"
    if not _TICKET.match(ticket) or not _TICKET.match(last) or row[4] != cut[2]:
        return False
    return drawn == (last != "-" and ticket <= last)


def _proof(rows: List[List[str]], word: str, count: int) -> Tuple[_Proof, List[List[str]]]:
    fields = expect(rows[0], count)
    if fields[0] != word:
        raise BadText(f"expected a {word} line", file="receipt.vdr")
    root, size, index, line = fields[-4:]
    path: List[bytes] = []
    at = 1
    while at < len(rows) and rows[at][0] == "path":
        path.append(bytes.fromhex(hexadecimal(expect(rows[at], 2)[1], 64, "path")))
        at += 1
    proof = _Proof(
        hexadecimal(root, 64, "root"),
        integer(size, "size"),
        integer(index, "index"),
        line.replace("!", "|"),
        path,
    )
    return proof, rows[at:]
