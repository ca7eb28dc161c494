"""The selection (抽取对象): hits, spares and cuts of every stratum under a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple

from fairdraw import tickets
from fairdraw.announce import Announcement, Slot
from fairdraw.announce_parts import StratumLine
from fairdraw.eligible import Place
from fairdraw.frame import Frame

Ranking = Callable[[str, str, int], Sequence[tickets.Ranked]]


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
        return selection_of(
            self.announcement,
            lambda fid, stratum, wanted: tickets.first(
                keys[fid], self.pools[fid, stratum], wanted, suite
            ),
        )

    def places(self, hits: Sequence[Hit]) -> Dict[str, List[Place]]:
        """Return the places to fill at each hit target (待匹配席位), read from its own frames."""
        leaves = [self.frames[h.fid].leaves[self.frames[h.fid].find(h.target)] for h in hits]
        known = [(leaf.district, leaf.need) for leaf in leaves]
        return places_of(self.announcement, hits, known)


def selection_of(announcement: Announcement, ranked: Ranking) -> Selection:
    """Return hits, spares and cuts (抽取对象) of every stratum from its first tickets.

    ranked    frame, stratum and count to so many (ticket, target) in drawing order, or all
    """
    hits: List[Hit] = []
    spares: List[Hit] = []
    cuts: List[Cut] = []
    for line in announcement.strata:
        fid, stratum, n = line.fid, line.stratum, line.n
        taken = ranked(fid, stratum, wanted_of(line))
        made = [
            Hit(fid, stratum, rank, target, number)
            for rank, (number, target) in enumerate(taken, start=1)
        ]
        hits += made[:n]
        spares += made[n : n + line.reserve]
        last = taken[n - 1][0] if n else "-"
        cuts.append(Cut(fid, stratum, last, taken[n][0] if len(taken) > n else "-"))
    return Selection(tuple(hits), tuple(spares), tuple(cuts))


def wanted_of(line: StratumLine) -> int:
    """Return how many tickets of a stratum the result shows (所需签数): hits, spares, the cut."""
    return line.n + max(line.reserve, 1)


def places_of(
    announcement: Announcement, hits: Sequence[Hit], known: Sequence[Tuple[str, Tuple[str, ...]]]
) -> Dict[str, List[Place]]:
    """Return the places to fill at each hit target (待匹配席位): of all its frames together.

    known     district and need of each hit, in the order of the hits
    """
    slots: Dict[str, List[Slot]] = {frame.fid: [] for frame in announcement.frames}
    for slot in announcement.slots:
        slots[slot.fid].append(slot)
    places: Dict[str, List[Place]] = {}
    for hit, (district, need) in zip(hits, known):
        places.setdefault(hit.target, []).extend(
            Place(hit.target, slot, district, need) for slot in slots[hit.fid]
        )
    return places
