"""The result of a draw (抽取结果): hits, spares, cuts and the matched officers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Tuple

from fairdraw import tickets
from fairdraw.announce import Announcement
from fairdraw.frame import Frame, Leaf
from fairdraw.lines import file_digest
from fairdraw.match import Man, Matching, Place, Shortage, Skip, match
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from fairdraw.seed import seed as form_seed

FILE = "result.vdr"


@dataclass(frozen=True)
class Hit:
    """A drawn or spare target (抽中或递补对象)."""

    fid: str
    stratum: str
    rank: int
    target: str
    ticket: str


@dataclass(frozen=True)
class Cut:
    """Where a stratum was cut (截止签号): the last ticket drawn and the first that was not."""

    fid: str
    stratum: str
    last: str
    next: str


@dataclass(frozen=True)
class Result:
    """What came out (抽取结果)."""

    suite: str
    adigest: str
    seed: str
    hits: Tuple[Hit, ...]
    spares: Tuple[Hit, ...]
    cuts: Tuple[Cut, ...]
    matching: Optional[Matching] = field(default=None)

    @property
    def ceiling(self) -> Optional[int]:
        """The most slots anybody needs (人均上限), None without a complete assignment."""
        return self.matching.ceiling if self.matching else None

    @property
    def assignments(self) -> List[Man]:
        """The matched officers (匹配人员)."""
        return self.matching.men if self.matching else []

    @property
    def skips(self) -> List[Skip]:
        """Who was passed over, and why (跳过记录)."""
        return self.matching.skips if self.matching else []

    @property
    def shortage(self) -> Optional[Shortage]:
        """Why no complete assignment exists (人员缺口)."""
        return self.matching.shortage if self.matching else None

    def to_bytes(self) -> bytes:
        """Return the result file (结果文件)."""
        rows = [f"vdr1|result|{self.suite}|{self.adigest}|{self.seed}"]
        by_stratum: Dict[Tuple[str, str], List[str]] = {}
        for cut in self.cuts:
            by_stratum[cut.fid, cut.stratum] = []
        for word, hits in (("hit", self.hits), ("spare", self.spares)):
            for h in hits:
                by_stratum[h.fid, h.stratum].append(
                    f"{word}|{h.fid}|{h.stratum}|{h.rank}|{h.target}|{h.ticket}"
                )
        for cut in self.cuts:
            rows += by_stratum[cut.fid, cut.stratum]
            rows.append(f"cut|{cut.fid}|{cut.stratum}|{cut.last}|{cut.next}")
        rows += self._matching_rows()
        return "".join(row + "\n" for row in [*rows, "end"]).encode("ascii")

    def _matching_rows(self) -> List[str]:
        if self.matching is None:
            return []
        ceiling = self.matching.ceiling
        rows = [f"ceiling|{'-' if ceiling is None else ceiling}"]
        for entry in self.matching.log:
            if isinstance(entry, Man):
                rows.append(
                    f"man|{entry.target}|{entry.k}|{entry.inspector}|{entry.pick}|{entry.eligible}"
                )
            elif isinstance(entry, Skip):
                rows.append(f"skip|{entry.target}|{entry.k}|{entry.inspector}|{entry.reason}")
        return rows

    @property
    def digest(self) -> str:
        """The result's digest (结果校验码), signed in the room."""
        return file_digest(self.to_bytes(), self.suite)


def draw(
    announcement: Announcement,
    frames: Sequence[Frame],
    roster: Optional[Roster],
    opening: Opening,
) -> Result:
    """Draw targets and match officers (抽取并匹配): a function of its inputs alone.

    roster    None leaves the matching out, as in a public copy of a bundle
    raises    FairdrawError for inputs that do not belong together
    """
    announcement.check_against(frames, roster)
    seed = form_seed(announcement, opening)
    hits, spares, cuts = [], [], []
    by_fid = {frame.fid: frame for frame in frames}
    for line in announcement.frames:
        frame = by_fid[line.fid]
        key = tickets.lane_key(seed, frame.lane, announcement.suite)
        for stratum, n, reserve in [
            (s.stratum, s.n, s.reserve) for s in announcement.strata if s.fid == line.fid
        ]:
            entries = [
                (leaf.target, leaf.weight)
                for leaf in frame.leaves
                if leaf.disp == "E" and leaf.stratum == stratum
            ]
            ranked = tickets.first(key, entries, n + max(reserve, 1), announcement.suite)
            made = [
                Hit(line.fid, stratum, rank, target, ticket)
                for rank, (ticket, target) in enumerate(ranked, start=1)
            ]
            hits += made[:n]
            spares += made[n : n + reserve]
            cuts.append(
                Cut(
                    line.fid,
                    stratum,
                    ranked[n - 1][0] if n else "-",
                    ranked[n][0] if len(ranked) > n else "-",
                )
            )
    matching = None
    if roster is not None and announcement.roster is not None:
        places = places_of(announcement, by_fid, hits)
        matching = match(seed, places, roster, announcement.roster.slack, announcement.suite)
    return Result(
        announcement.suite,
        announcement.digest,
        seed,
        tuple(hits),
        tuple(spares),
        tuple(cuts),
        matching,
    )


def places_of(
    announcement: Announcement, frames: Dict[str, Frame], hits: Sequence[Hit]
) -> Dict[str, List[Place]]:
    """Return the places to fill at each hit target (待匹配席位)."""
    wanted: Dict[str, Dict[str, Leaf]] = {fid: {} for fid in frames}
    drawn = {(h.fid, h.target) for h in hits}
    for fid, frame in frames.items():
        wanted[fid] = {leaf.target: leaf for leaf in frame.leaves if (fid, leaf.target) in drawn}
    places: Dict[str, List[Place]] = {}
    for hit in hits:
        leaf = wanted[hit.fid][hit.target]
        places.setdefault(hit.target, []).extend(
            Place(hit.target, slot, leaf.district, leaf.need)
            for slot in announcement.slots
            if slot.fid == hit.fid
        )
    return places
