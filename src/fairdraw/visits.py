"""What one lane saves (同签道节省的上门次数): visits against draws that know nothing of each other."""

from __future__ import annotations

from typing import Dict, Iterable, NamedTuple

from fairdraw.announce import Announcement
from fairdraw.frame import Frame
from fairdraw.result import Hit


class Visits(NamedTuple):
    """How many checks fall due (检查项次), in how many visits (上门次数), and in how many otherwise.

    apart   visits to be expected had each list been drawn for itself, rounded
    """

    checks: int
    visits: int
    apart: int


def visits(announcement: Announcement, frames: Iterable[Frame], hits: Iterable[Hit]) -> Visits:
    """Return what a draw of several lists on one lane saves (节省上门次数).

    Draws apart would spare a target with chance (1 - n/N) in each of its strata, so the expected
    number of targets visited is the sum of 1 - product(1 - n/N); weights count as one.
    paper     vdr1 §6
    """
    drawn = list(hits)
    shares = {(row.fid, row.stratum): row.n / row.eligible for row in announcement.strata}
    spared: Dict[str, float] = {}
    for frame in frames:
        for leaf in frame.leaves:
            if leaf.disp == "E":
                chance = 1.0 - shares[frame.fid, leaf.stratum]
                spared[leaf.target] = spared.get(leaf.target, 1.0) * chance
    return Visits(
        checks=len(drawn),
        visits=len({hit.target for hit in drawn}),
        apart=round(sum(1.0 - chance for chance in spared.values())),
    )
