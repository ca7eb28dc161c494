"""Draws that follow a draw (后续抽取): fresh extension, and matching again with another roster."""

from __future__ import annotations

from typing import List, Sequence

from fairdraw.frame import Frame
from fairdraw.selection import Hit

DRAWN_BEFORE = "X04"


def rest_of(frame: Frame, hits: Sequence[Hit], disp: str = DRAWN_BEFORE) -> Frame:
    """Return the list for a fresh extension (补充抽取名单): what was drawn is excluded with a reason.

    The extension is a draw of its own with a new seed, so nobody knows its outcome when its size
    is decided.

    paper     vdr1 §7.5
    """
    drawn = {h.target for h in hits if h.fid == frame.fid}
    leaves = [
        leaf._replace(disp=disp) if leaf.disp == "E" and leaf.target in drawn else leaf
        for leaf in frame.leaves
    ]
    return Frame(frame.fid, frame.lane, leaves)


def hits_of(frames: Sequence[Frame], hits: Sequence[Hit]) -> List[Frame]:
    """Return the lists of the drawn targets (抽中对象名单), for a draw that only matches again.

    A frame without any hit is left out; every stratum of the rest takes the rule ``all``.

    paper     vdr1 §9.5
    """
    drawn = {(h.fid, h.target) for h in hits}
    kept = [
        Frame(f.fid, f.lane, [leaf for leaf in f.leaves if (f.fid, leaf.target) in drawn])
        for f in frames
    ]
    return [frame for frame in kept if frame.leaves]
