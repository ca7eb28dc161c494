"""The result of a draw (抽取结果): hits, spares, cuts and the matched officers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Protocol, Sequence, Tuple

from fairdraw.announce import Announcement
from fairdraw.eligible import Place
from fairdraw.frame import Frame
from fairdraw.lines import file_digest, write
from fairdraw.match import Man, Matching, Shortage, match
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from fairdraw.seed import seed as form_seed
from fairdraw.selection import Cut, Hit, Lists, Selection

__all__ = ["Cut", "Hit", "Result", "draw"]

FILE = "result.vdr"


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
        if self.matching is not None:
            rows += self.matching.lines()
        return write([*rows, "end"])

    @property
    def digest(self) -> str:
        """The result's digest (结果校验码), signed in the room."""
        return file_digest(self.to_bytes(), self.suite)


class Drawable(Protocol):
    """Sealed lists that a seed can be put to (可抽取名单), wherever they lie."""

    announcement: Announcement

    def select(self, seed: str) -> Selection:
        """Return what a seed draws (抽取)."""

    def places(self, hits: Sequence[Hit]) -> Dict[str, List[Place]]:
        """Return the places to fill at each hit target (待匹配席位)."""


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
    return draw_from(Lists(announcement, frames), roster, opening)


def draw_from(lists: Drawable, roster: Optional[Roster], opening: Opening) -> Result:
    """Draw from lists that were checked against their announcement (抽取并匹配).

    raises    FairdrawError for an opening of another announcement
    """
    announcement = lists.announcement
    seed = form_seed(announcement, opening)
    selection = lists.select(seed)
    matching = None
    if roster is not None and announcement.roster is not None:
        places = lists.places(selection.hits)
        matching = match(seed, places, roster, announcement.roster.slack, announcement.suite)
    return Result(
        announcement.suite,
        announcement.digest,
        seed,
        selection.hits,
        selection.spares,
        selection.cuts,
        matching,
    )
