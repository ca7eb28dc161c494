"""The selection (抽取对象): hits, spares and cuts of every stratum under a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Sequence, Tuple

from fairdraw import tickets
from fairdraw.announce import Announcement
from fairdraw.eligible import Place
from fairdraw.frame import Frame


class Hit(NamedTuple):
    """A drawn or spare target (抽中或递补对象)."""

    fid: str
    stratum: str
    rank: int
    target: str
    ticket: str


class Cut(NamedTuple):
    """Where a stratum was cut (截止签号): the last ticket drawn and the first that was not."""

    fid: str
    stratum: str
    last: str
    next: str


@dataclass(frozen=True)
class Selection:
    """The targets that a seed draws (抽取对象), in the order of the result file."""

    hits: Tuple[Hit, ...]
    spares: Tuple[Hit, ...]
    cuts: Tuple[Cut, ...]


class Lists:
    """The sealed lists (待抽名单) of an announcement, sorted into strata once for many seeds."""

    def __init__(self, announcement: Announcement, frames: Sequence[Frame]) -> None:
        self.announcement = announcement
        self.frames: Dict[str, Frame] = {frame.fid: frame for frame in frames}
        self.pools: Dict[Tuple[str, str], List[Tuple[str, int]]] = {
            (line.fid, line.stratum): [] for line in announcement.strata
        }
        for frame in frames:
            fid, pools = frame.fid, self.pools
            for target, stratum, weight, disp, *_ in frame.leaves:
                if disp == "E":
                    pools[fid, stratum].append((target, weight))

    def select(self, seed: str) -> Selection:
        """Return what a seed draws (抽取): the first n of each stratum, then its spares.

        paper     vdr1 §7.1
        """
        suite = self.announcement.suite
        keys = {f.fid: tickets.lane_key(seed, f.lane, suite) for f in self.announcement.frames}
        hits: List[Hit] = []
        spares: List[Hit] = []
        cuts: List[Cut] = []
        for line in self.announcement.strata:
            fid, stratum, n = line.fid, line.stratum, line.n
            wanted = n + max(line.reserve, 1)
            ranked = tickets.first(keys[fid], self.pools[fid, stratum], wanted, suite)
            made = [
                Hit(fid, stratum, rank, target, number)
                for rank, (number, target) in enumerate(ranked, start=1)
            ]
            hits += made[:n]
            spares += made[n : n + line.reserve]
            last = ranked[n - 1][0] if n else "-"
            cuts.append(Cut(fid, stratum, last, ranked[n][0] if len(ranked) > n else "-"))
        return Selection(tuple(hits), tuple(spares), tuple(cuts))

    def places(self, hits: Sequence[Hit]) -> Dict[str, List[Place]]:
        """Return the places to fill at each hit target (待匹配席位), read from its own frames."""
        slots = {
            fid: [slot for slot in self.announcement.slots if slot.fid == fid]
            for fid in self.frames
        }
        places: Dict[str, List[Place]] = {}
        for hit in hits:
            frame = self.frames[hit.fid]
            leaf = frame.leaves[frame.find(hit.target)]
            places.setdefault(hit.target, []).extend(
                Place(hit.target, slot, leaf.district, leaf.need) for slot in slots[hit.fid]
            )
        return places
